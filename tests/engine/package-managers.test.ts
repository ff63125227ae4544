import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import { packageRoot } from "../../tools/toolchain/package-root";
import { clonesVersions, pack, run } from "../helpers/packed";
import { skip } from "../skip";
import { type Acme, startAcme } from "./support/acme";
import { ok, SHORT_WINDOW } from "./support/engine";
import { KubernetesView } from "./support/kubernetes";
import { NotToBeHad, nodeRelease, npm } from "./support/node-release";

/** A package manager by its npm package, with what makes it lay out node_modules (docs/installation-configuration.md). */
interface Manager {
  package: string;
  /** From the package's directory. */
  command: string;
  add: string[];
  files?: Record<string, string>;
}

const MANAGERS: Record<string, Manager> = {
  npm: { package: "npm@10.9.4", command: "bin/npm-cli.js", add: ["install", "--no-audit", "--no-fund"] },
  pnpm: { package: "pnpm@10.34.8", command: "bin/pnpm.cjs", add: ["add"] },
  "Yarn 4": {
    package: "@yarnpkg/cli-dist@4.18.1",
    command: "bin/yarn.js",
    add: ["add"],
    files: { ".yarnrc.yml": "nodeLinker: node-modules\nenableTelemetry: false\n", "yarn.lock": "" },
  },
};

/** Each line of Node that is taken, with an SDK that runs on it (tests/engine/node-versions.test.ts). */
const NODES = { "20.18.1": "3.248.0", "22.23.3": "3.270.0", "24.21.0": "3.276.0" };

const README = readFileSync(join(packageRoot(), "README.md"), "utf8");
/** The command that README gives to install, without the comment. */
const [, INSTALLED = ""] = /^npm install (pulumi-oidc-runner [^#\n]*[^#\s])/m.exec(README) ?? [];
/** Its programs that need no other package than that command's. */
const PROGRAMS = [...README.matchAll(/```ts\n(.*?)```/gs)]
  .map(([, program = ""]) => program)
  .filter((program) => !/-runner\/(gke|aks)"/.test(program));

describe("README's programs in an empty project, with the packed package", () => {
  let acme: Acme;
  let tarball: string;
  let tools: string;

  before(async function () {
    if (process.env.OIDC_RUNNER_FULL === undefined) {
      skip(this, "installs nine sets of packages; part of the full run");
    }
    acme = await startAcme({ "README.md": "# infra\n" });
    tarball = (await pack("pulumi-oidc-runner", acme.directory)).file;
    tools = join(acme.directory, "tools");
    mkdirSync(tools);
    const managers = Object.values(MANAGERS).map((manager) => manager.package);
    await npm(["install", "--no-audit", "--no-fund", ...managers], tools);
  });
  after(() => acme?.stop());

  it("are two, and the command that installs what they need is there", () => {
    assert.equal(PROGRAMS.length, 2);
    assert.deepEqual(INSTALLED.split(" ").slice(0, 2), ["pulumi-oidc-runner", "@pulumi/pulumi"]);
  });

  for (const [name, manager] of Object.entries(MANAGERS)) {
    for (const [node, sdk] of Object.entries(NODES)) {
      it(`${name} on Node ${node}: installs, compiles, and logs in from a pod`, async function () {
        const project = join(acme.directory, `${name}-${node}`.replace(" ", "-"));
        const PATH = await nodeRelease(node)
          .then((bin) => `${bin}:${process.env.PATH}`)
          .catch((error) => (error instanceof NotToBeHad ? skip(this, error.message) : Promise.reject(error)));
        await install(manager, project, sdk, { ...process.env, PATH });
        writeFileSync(join(project, "Pulumi.yaml"), "name: managers\nruntime: nodejs\n");
        const [first = "", second = ""] = PROGRAMS;
        writeFileSync(join(project, "index.ts"), first);
        writeFileSync(join(project, "second.ts"), second);
        const compilerOptions = {
          strict: true,
          noEmit: true,
          target: "es2022",
          module: "nodenext",
          skipLibCheck: true,
        };
        writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
        const tsc = ["node", join(project, "node_modules", "typescript", "bin", "tsc"), "-p", project];
        await run("env", [`PATH=${PATH}`, ...tsc]).catch(({ stdout }: { stdout: string }) => assert.fail(stdout));

        const stack = `${name}-${node.split(".")[0]}`.replace(" ", "-");
        const config = { "aws:region": "us-west-2" };
        const engine = new Engine(acme.state, { project, stack, config, env: { ...SHORT_WINDOW, PATH } });
        await engine.init();
        try {
          await ok(engine.up());
          const kubernetes = new KubernetesView(acme.state);
          const { job, log } = await kubernetes.job("pulumi");
          await kubernetes.close();
          assert.equal(job.status?.succeeded, 1, log);
          assert.match(log, /^Token type: team: platform$/m);
        } finally {
          await ok(engine.destroy());
          rmSync(project, { recursive: true });
        }
      });
    }
  }

  /** Installs what README's command names, as a user of the manager does. */
  async function install(manager: Manager, project: string, sdk: string, env: NodeJS.ProcessEnv): Promise<void> {
    mkdirSync(project);
    const versions: Record<string, string | undefined> = {
      ...clonesVersions(["@pulumi/kubernetes", "@pulumi/aws", "typescript", "@types/node"]),
      "@pulumi/pulumi": sdk,
    };
    const words = [...INSTALLED.split(" "), "typescript", "@types/node"];
    const packages = words.map((word) => (word in versions ? `${word}@${versions[word]}` : `${word}@file:${tarball}`));
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "managers", private: true }));
    for (const [file, text] of Object.entries(manager.files ?? {})) {
      writeFileSync(join(project, file), text);
    }
    const command = join(tools, "node_modules", manager.package.replace(/@[^@]*$/, ""), manager.command);
    await run("node", [command, ...manager.add, ...packages], { cwd: project, env }).catch(
      ({ stdout, stderr }: { stdout: string; stderr: string }) => assert.fail(`${stdout}${stderr}`),
    );
  }
});
