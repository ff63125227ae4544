import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLab } from "../../lab/directory";
import { Engine } from "../../lab/engine/engine";
import { packageRoot } from "../../tools/toolchain/package-root";
import { clonesVersions, installPacked, pack, QUICK, run } from "../helpers/packed";
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

const README = readFileSync(join(packageRoot(), "README.md"), "utf8");

/** The first example, as it is written there. */
const WRITTEN = /```ts\n(import \{ EksOidcRunner.*?)```/s.exec(README)?.[1] ?? "";

/** What `pulumi new typescript` makes around a program, with packages in the versions that the clone has. */
function writeProject(project: string, program: string): void {
  writeFileSync(join(project, "index.ts"), program);
  writeFileSync(join(project, "Pulumi.yaml"), "name: first\nruntime: nodejs\n");
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: TEMPLATE, files: ["index.ts"] }));
}

/** The inner program: what `git clone https://github.com/acme/infra` brings. */
const INFRA = {
  "Pulumi.yaml": "name: infra\nruntime: nodejs\n",
  "package.json": '{ "name": "infra", "version": "1.0.0", "main": "index.js" }\n',
  "package-lock.json":
    '{ "name": "infra", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "infra", "version": "1.0.0" } } }\n',
  "index.js":
    'new (require("@pulumi/pulumi").ComponentResource)("acme:index:Infra", "infra");\nexports.greeting = "from a pod";\n',
};

describe("README's first example, with the script that clones a repository", () => {
  let acme: Acme;
  let project: string;
  // With the script that its comment shows, in place of the one that needs no repository.
  const program = WRITTEN.replace(/\n {2}script: .*\n {2}\/\/ (script: )/, "\n  $1");

  before(async () => {
    acme = await startAcme(INFRA);
    project = join(acme.directory, "project");
  });
  after(() => acme?.stop());

  it("compiles under strict types in an empty project with the packed package", async () => {
    const peers = ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/aws", "typescript", "@types/node"];
    await installPacked(project, ["pulumi-oidc-runner"], peers);
    writeProject(project, program);
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

/** A trust alone: its issuer is another's than the lab's. */
const TRUST_ALONE = `import { OidcTrustSetup } from "pulumi-oidc-runner";

new OidcTrustSetup("ci", {
  organization: "acme",
  githubActions: {},
  policies: [
    {
      decision: "allow",
      accessToken: { team: { name: "platform" } },
      githubActions: { repository: "acme/infra", branch: "main", repositoryId: "2195262071", ownerId: "2183869357" },
    },
  ],
});
`;

describe("the recipe for the lab, with README's first example as it is written there", () => {
  const pages = ["README.md", "docs/lab.md"]
    .map((page) => join(packageRoot(), page))
    .filter((page) => existsSync(page));
  const recipe = pages
    .flatMap((page) => [...readFileSync(page, "utf8").matchAll(/```sh\n(.*?)```/gs)])
    .map(([, block = ""]) => block.trim().split("\n"))
    .find((lines) => lines.some((line) => /lab up .*--organization acme/.test(line)));
  const [install = "", up = "", env = "", deploy = "", down = ""] = recipe ?? [];
  let directory: string;
  let project: string;
  const shell = (line: string) => {
    // Nothing of this machine's own, but for the registry: what the lab sets is all that there is.
    const { PATH, HOME, npm_config_registry, npm_config_cache } = process.env;
    const own = { PATH, HOME, npm_config_registry, npm_config_cache, XDG_RUNTIME_DIR: directory, ...SHORT_WINDOW };
    return run("bash", ["-euc", line], { cwd: project, env: own }).catch((error: { stdout: string; stderr: string }) =>
      assert.fail(`${line}\n${error.stdout}${error.stderr}`),
    );
  };

  before(async () => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "oidc-runner-recipe-")));
    chmodSync(directory, 0o700);
    project = join(directory, "project");
    mkdirSync(project);
    const dependencies = clonesVersions(["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/aws"]);
    // What the template has, and the versions that this machine's Node takes.
    const devDependencies = clonesVersions(["typescript", "@types/node"]);
    writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, dependencies, devDependencies }));
    writeProject(project, WRITTEN);
  });
  after(async () => {
    await shell("npx oidc-runner lab down");
    rmSync(directory, { recursive: true });
  });

  it("is five lines, the program names no certificates, and its Job logs in", async () => {
    assert.equal(recipe?.length, 5);
    assert.doesNotMatch(WRITTEN, /caCertificates/);
    // The packages' tarballs stand for what the registry has of them.
    const tarballs = new Map<string, string>();
    for (const name of ["pulumi-oidc-runner", "oidc-runner"] as const) {
      tarballs.set(name, (await pack(name, directory)).file);
    }
    const words = install.split(" ").filter((word) => !word.startsWith("@pulumi/"));
    await shell([...words.map((word) => tarballs.get(word) ?? word), ...QUICK].join(" "));
    await shell(up);
    await shell(`${env}\n${deploy}`);
    const state = readLab(join(directory, "oidc-runner-lab")) ?? assert.fail("no lab runs");
    const kubernetes = new KubernetesView(state);
    const { job, log } = await kubernetes.job("pulumi");
    await kubernetes.close();
    assert.equal(job.status?.succeeded, 1, log);
    assert.match(log, /^Token type: team: platform$/m);
    await shell(`${env}\npulumi destroy --yes`);
  });

  it("has a trust alone for a job of GitHub Actions, whose token logs in", async () => {
    writeFileSync(join(project, "index.ts"), TRUST_ALONE);
    const login = `export PULUMI_HOME=$PWD/home && unset PULUMI_ACCESS_TOKEN PULUMI_BACKEND_URL
pulumi login "$PULUMI_API" --oidc-org acme --oidc-team platform --oidc-token "file://$PWD/token" && pulumi whoami --verbose`;
    const token = "npx oidc-runner lab token --issuer githubActions --claim repository=acme/infra >token";
    const { stdout } = await shell([env, "pulumi up --yes", token, login].join("\n"));
    assert.match(stdout, /^Token type: team: platform$/m);
  });

  it("ends with its last line, and nothing of the lab is left", async () => {
    await shell(down);
    assert.ok(!existsSync(join(directory, "oidc-runner-lab")));
  });
});
