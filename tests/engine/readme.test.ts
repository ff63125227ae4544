import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import { clusterOfShape } from "../../lab/issuer-shapes";
import type { Lab } from "../../lab/lab";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { silentReport } from "../../tools/toolchain/report";
import { ok } from "./support/engine";
import { control, PulumiCloud } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { installPacked, run } from "./support/packed";

const compiled = (module: string) => require(join(packageRoot(), "dist", module)) as unknown;

/** Where this test's image has what stands for the world: the CLI, the SDK, the repository behind GitHub's URL, the authority. */
const AT = {
  bin: "/pulumi/bin",
  sdk: "/opt/sdk/node_modules",
  repository: "/opt/infra.git",
  gitConfig: "/opt/gitconfig",
  ca: "/opt/ca.crt",
};
const GIT_CONFIG = `[url "file://${AT.repository}"]
  insteadOf = https://github.com/acme/infra
[safe]
  directory = *
`;

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
  let directory: string;
  let project: string;
  let lab: Lab;
  let state: LabState;
  let engine: Engine;
  const readme = readFileSync(join(packageRoot(), "README.md"), "utf8");
  const program = /```ts\n(import \{ EksOidcRunner.*?)```/s.exec(readme)?.[1] ?? "";

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-readme-"));
    const { startLab } = compiled("lab/lab") as typeof import("../../lab/lab");
    const { prepareLab } = compiled("cli/prepare-lab") as typeof import("../../cli/prepare-lab");
    const prepared = await prepareLab({ ...silentReport, done() {} } as never);
    await repository(join(directory, "infra.git"));
    lab = await startLab({
      ...prepared,
      directory: join(directory, "lab"),
      organization: "lab",
      clusters: [clusterOfShape("eks", "prod")],
      images: [
        {
          match: "pulumi/pulumi*",
          binds: [
            { source: dirname(prepared.pulumiCli.path), target: AT.bin },
            { source: join(packageRoot(), "node_modules"), target: AT.sdk },
            { source: join(directory, "infra.git"), target: AT.repository },
            { source: join(directory, "ca.crt"), target: AT.ca },
            { source: join(directory, "gitconfig"), target: AT.gitConfig },
          ],
          path: `${AT.bin}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
          env: {
            GIT_CONFIG_GLOBAL: AT.gitConfig,
            NODE_PATH: AT.sdk,
            OIDC_RUNNER_NODE_ROOT: dirname(AT.sdk),
            SSL_CERT_FILE: AT.ca,
          },
        },
      ],
      detached: false,
    });
    // The lab's own file is its user's alone, and pods have another.
    writeFileSync(join(directory, "ca.crt"), readFileSync(lab.state.ca), { mode: 0o644 });
    const { body } = await control<{ adminToken: string }>(lab.state, "POST", "/pulumi-cloud/organizations", {
      ...{ name: "acme", teams: ["platform"] },
    });
    const pulumiCloud = { ...lab.state.pulumiCloud, organization: "acme", adminToken: body.adminToken };
    state = { ...lab.state, pulumiCloud };
    await makeNamespace(state, "pulumi");
  });
  after(async () => {
    await lab?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** A bare repository with the inner program. */
  async function repository(bare: string): Promise<void> {
    const tree = join(directory, "infra");
    mkdirSync(tree);
    for (const [name, content] of Object.entries(INFRA)) writeFileSync(join(tree, name), content);
    const who = ["-c", "user.name=acme", "-c", "user.email=acme@example.com"];
    await run("git", ["init", "--quiet", tree]);
    await run("git", ["-C", tree, "add", "."]);
    await run("git", ["-C", tree, ...who, "commit", "--quiet", "--message", "infra"]);
    await run("git", ["clone", "--quiet", "--bare", tree, bare]);
    writeFileSync(join(directory, "gitconfig"), GIT_CONFIG, { mode: 0o644 });
  }

  it("compiles under strict types in an empty project with the packed package", async () => {
    project = join(directory, "project");
    await installPacked(project, ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/aws", "typescript", "@types/node"]);
    writeFileSync(join(project, "index.ts"), program);
    writeFileSync(join(project, "Pulumi.yaml"), "name: first\nruntime: nodejs\n");
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: TEMPLATE, files: ["index.ts"] }));
    const tsc = [join(project, "node_modules", "typescript", "bin", "tsc"), "-p", project, "--noEmit"];
    await run(process.execPath, tsc).catch((error: { stdout: string }) => assert.fail(error.stdout));
  });

  it("runs: the cluster is found by its name, the role is made, and pulumi up succeeds in the pod", async () => {
    const cloud = new PulumiCloud(state);
    await cloud.createStack("infra", "prod");
    engine = new Engine(state, {
      project,
      config: { "aws:region": "us-west-2" },
      // The example names no authority, since Pulumi Cloud's own certificate needs none.
      env: { NODE_EXTRA_CA_CERTS: state.ca },
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
