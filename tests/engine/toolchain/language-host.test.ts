import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";

/** What the program does is a configuration value, so that one project serves all cases. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { writeFileSync } from "node:fs";

class Provider implements pulumi.dynamic.ResourceProvider {
  async create(inputs: { mode: string; file: string }) {
    if (inputs.mode === "hang-in-provider") {
      require("node:fs").writeFileSync(inputs.file, String(process.pid));
      await new Promise(() => setInterval(() => {}, 1000));
    }
    return { id: "made", outs: { shout: inputs.mode.toUpperCase() } };
  }
}
class Shout extends pulumi.dynamic.Resource {
  declare readonly shout: pulumi.Output<string>;
  constructor(name: string, mode: string, file: string) {
    super(new Provider(), name, { mode, file, shout: undefined });
  }
}
const config = new pulumi.Config();
const mode: string = config.require("mode");
const file = config.require("file");
if (mode === "throw") throw new pulumi.RunError("refused on purpose");
if (mode === "exit") process.exit(3);
if (mode === "hang" && !pulumi.runtime.isDryRun()) {
  writeFileSync(file, String(process.pid));
  setInterval(() => {}, 1000);
}
export const shout = new Shout("resource", mode, file).shout;
export const secret = config.requireSecret("word");
`;

describe("the language host and the dynamic-provider launcher", () => {
  let cli: string;
  let root: string;
  let project: string;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    const environment = { ...process.env, PATH: dirname(process.execPath) + delimiter + pathWithoutPulumi() };
    cli = (await resolvePulumiCli(silentReport, { env: environment })).path;
    root = await mkdtemp(join(tmpdir(), "language-host-"));
    project = join(root, "project");
    await mkdir(join(root, "state"));
    await mkdir(project);
    await symlink(join(packageRoot(), "node_modules"), join(project, "node_modules"));
    await writeFile(join(project, "Pulumi.yaml"), "name: hosted\nruntime: nodejs\n");
    await writeFile(join(project, "package.json"), '{ "dependencies": { "@pulumi/pulumi": "*" } }');
    await writeFile(
      join(project, "tsconfig.json"),
      '{ "compilerOptions": { "target": "ES2022", "module": "nodenext", "moduleResolution": "nodenext" } }',
    );
    await writeFile(join(project, "index.ts"), PROGRAM);
    env = {
      PATH: environment.PATH,
      HOME: root,
      PULUMI_HOME: join(root, "home"),
      PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      NO_COLOR: "1",
    };
    const made = await pulumi("stack", "init", "test");
    assert.equal(made.code, 0, made.output);
    await configure("file", join(root, "pid"));
    await configure("word", "hidden-word", "--secret");
  });

  after(async () => {
    await rm(root, { recursive: true, force: true });
  });

  function start(...args: string[]): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
    const child = spawn(cli, [...args, "--non-interactive"], { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (bytes) => (output += String(bytes)));
    child.stderr.on("data", (bytes) => (output += String(bytes)));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, output: () => output, ended };
  }

  async function pulumi(...args: string[]): Promise<{ code: number | null; output: string }> {
    const { ended, output } = start(...args);
    return { code: await ended, output: output() };
  }

  async function configure(key: string, value: string, ...flags: string[]): Promise<void> {
    const set = await pulumi("config", "set", key, value, "--stack", "test", ...flags);
    assert.equal(set.code, 0, set.output);
  }

  /** Processes with this test's PULUMI_HOME in their environment. */
  async function ours(): Promise<string[]> {
    const found = [];
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (environment.includes(`PULUMI_HOME=${join(root, "home")}`)) {
        found.push(`${pid} ${(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ")}`);
      }
    }
    return found;
  }

  async function untilNone(): Promise<void> {
    for (let i = 0; i < 6000 && (await ours()).length > 0; i++) await sleep(100);
    assert.deepEqual(await ours(), []);
  }

  it("takes a TypeScript program with a dynamic resource up, finds nothing to do, and takes it down", async () => {
    await configure("mode", "plain");
    const up = await pulumi("up", "--yes", "--skip-preview", "--stack", "test");
    assert.equal(up.code, 0, up.output);
    assert.match(up.output, /shout *: "PLAIN"/);
    assert.match(up.output, /secret *: "?\[secret\]/);
    assert.doesNotMatch(up.output, /warning|hidden-word/);
    const preview = await pulumi("preview", "--expect-no-changes", "--stack", "test");
    assert.equal(preview.code, 0, preview.output);
    const down = await pulumi("destroy", "--yes", "--skip-preview", "--stack", "test");
    assert.equal(down.code, 0, down.output);
    await untilNone();
  });

  it("fails with the program's own words when it has shown its error, and with the exit code when it has not", async () => {
    await configure("mode", "throw");
    const thrown = await pulumi("preview", "--stack", "test");
    assert.notEqual(thrown.code, 0);
    assert.match(thrown.output, /refused on purpose/);
    assert.doesNotMatch(thrown.output, /exited with code/);
    await configure("mode", "exit");
    const exited = await pulumi("preview", "--stack", "test");
    assert.notEqual(exited.code, 0);
    assert.match(exited.output, /the program exited with code 3/);
  });

  /** A program of one file in a directory of its own, previewed. */
  async function previewOf(
    name: string,
    file: string,
    text: string,
    manifest: object,
    extra: NodeJS.ProcessEnv = {},
    { files = {}, runtime = "nodejs" }: { files?: Record<string, string>; runtime?: string } = {},
  ) {
    const directory = join(root, name);
    await mkdir(directory);
    await symlink(join(packageRoot(), "node_modules"), join(directory, "node_modules"));
    await writeFile(join(directory, "Pulumi.yaml"), `name: ${name}\nruntime: ${runtime}\n`);
    await writeFile(join(directory, "package.json"), JSON.stringify(manifest));
    for (const [path, content] of Object.entries(files)) await writeFile(join(directory, path), content);
    const options = {
      target: "ES2022",
      module: "nodenext",
      moduleResolution: "nodenext",
      strict: true,
      skipLibCheck: true,
    };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: [file] }));
    await writeFile(join(directory, file), text);
    const run = async (...args: string[]) => {
      const child = spawn(cli, [...args, "--non-interactive"], { cwd: directory, env: { ...env, ...extra } });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += String(bytes)));
      const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
      return { code, output };
    };
    await run("stack", "init", "test");
    return run("preview", "--stack", "test");
  }

  const ESM = `import * as pulumi from "@pulumi/pulumi";
export const from = pulumi.output(await Promise.resolve(import.meta.url));
`;

  it("runs TypeScript in ES modules, with top-level await", async () => {
    const { code, output } = await previewOf("esm-ts", "index.ts", ESM, { type: "module", main: "index.ts" });
    assert.equal(code, 0, output);
    assert.match(output, /from *: "file:.*esm-ts\/index\.ts"/);
  });

  it("runs JavaScript in ES modules", async () => {
    const { code, output } = await previewOf("esm-js", "index.js", ESM, { type: "module", main: "index.js" });
    assert.equal(code, 0, output);
    assert.match(output, /from *: "file:.*esm-js\/index\.js"/);
  });

  it("checks types, where it is not told otherwise", async () => {
    const text = `import * as pulumi from "@pulumi/pulumi";\nexport const size: number = pulumi.getStack();\n`;
    const checked = await previewOf("checked", "index.ts", text, {}, { PULUMI_NODEJS_TRANSPILE_ONLY: "" });
    assert.notEqual(checked.code, 0, checked.output);
    assert.match(checked.output, /TS2322: Type 'string' is not assignable to type 'number'/);
    const { code, output } = await previewOf("unchecked", "index.ts", text, {});
    assert.equal(code, 0, output);
    // By the file that the project names.
    const loose = JSON.stringify({ extends: "./tsconfig.json", compilerOptions: { strict: false } });
    const options = {
      runtime: "{ name: nodejs, options: { tsconfig: tsconfig.loose.json } }",
      files: { "tsconfig.loose.json": loose },
    };
    const nothing = "export const size: string = null;\n";
    const named = await previewOf("named", "index.ts", nothing, {}, { PULUMI_NODEJS_TRANSPILE_ONLY: "" }, options);
    assert.equal(named.code, 0, named.output);
  });

  for (const mode of ["hang", "hang-in-provider"]) {
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      it(`leaves no process behind when the engine gets ${signal} (${mode})`, async () => {
        await rm(join(root, "pid"), { force: true });
        await configure("mode", mode);
        const { child, ended, output } = start("up", "--yes", "--skip-preview", "--stack", "test");
        while (!existsSync(join(root, "pid")) && child.exitCode === null) await sleep(50);
        assert.equal(child.exitCode, null, output());
        assert.notDeepEqual(await ours(), []);
        child.kill(signal);
        // A dynamic provider cannot cancel what it does: the second signal makes the engine stop waiting for it.
        if (signal === "SIGINT" && mode === "hang-in-provider") await sleep(1000).then(() => child.kill(signal));
        assert.notEqual(await ended, 0);
        await untilNone();
        await pulumi("cancel", "--yes", "--stack", "test");
        await pulumi("destroy", "--yes", "--skip-preview", "--stack", "test");
      });
    }
  }

  it("finds @pulumi/pulumi through OIDC_RUNNER_NODE_ROOT, and says so when it is nowhere", async () => {
    const launcher = join(packageRoot(), "tools", "pulumi-cli", "dynamic-provider.cjs");
    const launch = async (extra: NodeJS.ProcessEnv) => {
      const child = spawn(process.execPath, [launcher, "127.0.0.1:1"], { cwd: root, env: { ...env, ...extra } });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += String(bytes)));
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      while (output === "" && child.exitCode === null) await sleep(50);
      child.stdin.end();
      await ended;
      return { output, code: child.exitCode };
    };
    assert.match((await launch({ OIDC_RUNNER_NODE_ROOT: packageRoot() })).output, /^\d+\n$/);
    const nowhere = await launch({});
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.output, /@pulumi\/pulumi was not found from .*OIDC_RUNNER_NODE_ROOT/);
  });
});

/** Our own host is under test, not one that happens to be installed. */
function pathWithoutPulumi(): string {
  const directories = (process.env.PATH ?? "").split(delimiter);
  return directories.filter((directory) => !existsSync(join(directory, "pulumi"))).join(delimiter);
}
