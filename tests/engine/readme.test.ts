import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import { packageRoot } from "../../tools/toolchain/package-root";
import { installPacked, run } from "../helpers/packed";
import { type Acme, startAcme } from "./support/acme";
import { ok, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView } from "./support/kubernetes";

/** What `pulumi new typescript` writes (pulumi/templates, typescript/tsconfig.json). */
const TEMPLATE = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  module: "commonjs",
  moduleResolution: "node",
  sourceMap: true,
  experimentalDecorators: true,
  pretty: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
};

/** The inner program: what `git clone https://github.com/acme/infra` brings. */
const INFRA = {
  "Pulumi.yaml": "name: infra\nruntime: nodejs\n",
  "package.json": '{ "name": "infra", "version": "1.0.0", "main": "index.js" }\n',
  "package-lock.json":
    '{ "name": "infra", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "infra", "version": "1.0.0" } } }\n',
  "index.js":
    'new (require("@pulumi/pulumi").ComponentResource)("acme:index:Infra", "infra");\nexports.greeting = "from a pod";\n',
};

describe("README's first example, as it is written there", function () {
  // Against hangs only.
  this.timeout(900_000);
  let acme: Acme;
  let project: string;
  const readme = readFileSync(join(packageRoot(), "README.md"), "utf8");
  const program = /```ts\n(import \{ EksOidcRunner.*?)```/s.exec(readme)?.[1] ?? "";

  before(async () => {
    acme = await startAcme(INFRA);
    project = join(acme.directory, "project");
  });
  after(() => acme?.stop());

  it("compiles under strict types in an empty project with the packed package", async () => {
    const peers = ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/aws", "typescript", "@types/node"];
    await installPacked(project, ["pulumi-oidc-runner"], peers);
    writeFileSync(join(project, "index.ts"), program);
    writeFileSync(join(project, "Pulumi.yaml"), "name: first\nruntime: nodejs\n");
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: TEMPLATE, files: ["index.ts"] }));
    const tsc = [join(project, "node_modules", "typescript", "bin", "tsc"), "-p", project, "--noEmit"];
    await run(process.execPath, tsc).catch((error: { stdout: string }) => assert.fail(error.stdout));
  });

  it("runs: the cluster is found by its name, the role is made, and pulumi up succeeds in the pod", async () => {
    const { state } = acme;
    const cloud = new PulumiCloud(state);
    await cloud.createStack("infra", "prod");
    const engine = new Engine(state, {
      project,
      config: { "aws:region": "us-west-2" },
      // The example names no authority, since Pulumi Cloud's own certificate needs none.
      env: SHORT_WINDOW,
    });
    await engine.init();
    await ok(engine.up());
    const kubernetes = new KubernetesView(state);
    const { job, log } = await kubernetes.job("pulumi");
    await kubernetes.close();
    assert.equal(job.status?.succeeded, 1, log);
    assert.match(log, /greeting: "from a pod"/);
    assert.equal((await engine.outputs()).job, job.metadata.name);
    assert.deepEqual(
      (await cloud.definitions((await cloud.issuers())[0]?.id ?? "")).map(({ decision, teamName }) => [
        decision,
        teamName,
      ]),
      [["allow", "platform"]],
    );
    await ok(engine.destroy());
    assert.deepEqual(await cloud.issuers(), []);
  });
});
