import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../tools/toolchain/package-root";
import { CLOSED_ADDRESS, serve } from "./toolchain/fixtures";

/** The folders that tools/bootstrap/build.mjs compiles. */
interface Lists {
  SOURCES: string[];
  TESTS: string[];
  filesBelow(directory: string): string[];
}

/** Stands for npm: logs its arguments, and "installs" a compiler that logs and copies. */
const NPM = `
const fs = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "config") return console.log(process.env.FAKE_REGISTRY);
fs.appendFileSync("log", "npm " + args[0] + (args.includes("--offline") ? " --offline" : "") + "\\n");
if (process.env.FAKE_NPM_FAILURE) { console.error(process.env.FAKE_NPM_FAILURE); process.exit(1); }
fs.mkdirSync("node_modules/typescript-7/bin", { recursive: true });
fs.copyFileSync("tsc", "node_modules/typescript-7/bin/tsc");
`;
const TSC = `
const fs = require("node:fs");
fs.appendFileSync("log", "tsc\\n");
if (fs.existsSync("dist/.cli.tsbuildinfo")) { console.log("cli/main.ts: error TS6305: not built"); process.exit(1); }
if (process.env.FAKE_TSC_FAILURE) { console.log(process.env.FAKE_TSC_FAILURE); process.exit(2); }
fs.mkdirSync("dist/cli", { recursive: true });
for (const name of fs.readdirSync("cli").filter((name) => name.endsWith(".ts")))
  fs.copyFileSync("cli/" + name, "dist/cli/" + name.replace(".ts", ".js"));
`;
const MAIN = `
if (process.argv.includes("wait")) {
  process.on("SIGTERM", () => process.exit(42));
  setInterval(() => {}, 1000);
} else process.exitCode = 7;
// Only now: whoever reads it may send the signal.
console.log(JSON.stringify({ args: process.argv.slice(2), parent: process.env.OIDC_RUNNER_PARENT_PID, ppid: process.ppid }));
`;

describe("tools/bootstrap", () => {
  let root: string;
  let env: NodeJS.ProcessEnv;
  let registry: Awaited<ReturnType<typeof serve>>;
  beforeEach(async () => {
    registry = await serve((_request, response) => response.end());
    root = await mkdtemp(join(tmpdir(), "bootstrap-"));
    for (const name of ["bootstrap.mjs", "node-version.mjs", "start.mjs", "bootstrap"]) {
      cpSync(join(packageRoot(), "tools", name), join(root, "tools", name), { recursive: true });
    }
    await mkdir(join(root, "cli"));
    const files = {
      "npm-cli.js": NPM,
      tsc: TSC,
      "cli/main.ts": MAIN,
      "cli/old.ts": "",
      "cli/hello.sh": "echo",
      "tsconfig.json": "{}",
      "tsconfig.room.json": "{}",
      "package-lock.json": '{ "packages": { "": {}, "node_modules/typescript-7": { "version": "1.0.0" } } }',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
    env = { PATH: process.env.PATH, npm_execpath: join(root, "npm-cli.js"), FAKE_REGISTRY: registry.url };
  });
  afterEach(async () => {
    await registry.close();
    await rm(root, { recursive: true, force: true });
  });

  function node(args: string[], extra: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...env, ...extra },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += String(bytes)));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, ended, output: () => output };
  }

  async function start(extra: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; output: string }> {
    const { ended, output } = node(["tools/start.mjs", "eks"], extra);
    return { code: await ended, output: output() };
  }

  const log = async () => (await readFile(join(root, "log"), "utf8").catch(() => "")).trim().split("\n");

  it("installs, builds and runs with the exit code kept; the second time it only runs", async () => {
    const first = await start();
    assert.equal(first.code, 7, first.output);
    assert.match(first.output, /"args":\["start","eks"\]/);
    assert.deepEqual(await log(), ["npm ci", "tsc"]);
    assert.ok(existsSync(join(root, "dist", "cli", "hello.sh")));
    assert.equal(await readlink(join(root, "node_modules", "pulumi-oidc-runner")), "..");
    assert.equal((await start()).code, 7);
    assert.deepEqual(await log(), ["npm ci", "tsc"]);
  });

  it("builds again when a source has changed or gone, and forgets what a gone one was compiled to", async () => {
    await start();
    await rm(join(root, "cli", "old.ts"));
    assert.ok(existsSync(join(root, "dist", "cli", "old.js")));
    await start();
    assert.ok(!existsSync(join(root, "dist", "cli", "old.js")));
    await writeFile(join(root, "cli", "hello.sh"), "echo changed");
    await start();
    assert.equal(await readFile(join(root, "dist", "cli", "hello.sh"), "utf8"), "echo changed");
    assert.deepEqual(await log(), ["npm ci", "tsc", "tsc", "tsc"]);
  });

  it("installs again when the lock file has changed, unless npm has done so already", async () => {
    await start();
    const lock = (version: string) =>
      `{ "packages": { "": {}, "node_modules/typescript-7": { "version": "${version}" } } }`;
    await writeFile(join(root, "package-lock.json"), lock("1.0.1"));
    await start();
    assert.deepEqual(await log(), ["npm ci", "tsc", "npm ci", "tsc"]);
    await writeFile(join(root, "package-lock.json"), lock("1.0.2"));
    await writeFile(join(root, "node_modules", ".package-lock.json"), lock("1.0.2"));
    await start();
    assert.deepEqual(await log(), ["npm ci", "tsc", "npm ci", "tsc", "tsc"]);
  });

  it("names the registry when it cannot be reached and npm's cache does not help", async () => {
    const closed = CLOSED_ADDRESS;
    const failed = await start({ FAKE_REGISTRY: closed, FAKE_NPM_FAILURE: "ENOTCACHED" });
    assert.equal(failed.code, 1);
    assert.match(failed.output, /^INSTALL_NO_REGISTRY: .* 127\.0\.0\.1:\d+ cannot be reached\. Fix: .*$/m);
    assert.ok(!failed.output.includes("    at "), failed.output);
    const cached = await start({ FAKE_REGISTRY: closed });
    assert.equal(cached.code, 7, cached.output);
    assert.deepEqual(await log(), ["npm ci --offline", "npm ci --offline", "tsc"]);
    await rm(join(root, "node_modules"), { recursive: true });
    const broken = await start({ FAKE_NPM_FAILURE: "EINTEGRITY" });
    assert.match(broken.output, /EINTEGRITY\nINSTALL_FAILED: /);
  });

  it("keeps what each folder of tools is compiled to", async () => {
    const href = pathToFileURL(join(packageRoot(), "tools/bootstrap/build.mjs")).href;
    const { SOURCES, TESTS, filesBelow } = (await import(href)) as Lists;
    const folders = [...SOURCES, ...TESTS].map((folder) => join(packageRoot(), folder, "/"));
    const compiled = filesBelow(join(packageRoot(), "tools")).filter((file) => file.endsWith(".ts"));
    assert.deepEqual(
      compiled.filter((file) => !folders.some((folder) => file.startsWith(folder))),
      [],
    );
  });

  it("does not run what does not compile", async () => {
    const failed = await start({ FAKE_TSC_FAILURE: "error TS2304" });
    assert.equal(failed.code, 1);
    assert.match(failed.output, /error TS2304\nBUILD_FAILED: /);
  });

  it("compiles anew where what the compiler noted of an older clone does not fit", async () => {
    await mkdir(join(root, "dist"));
    await writeFile(join(root, "dist", ".cli.tsbuildinfo"), "{}");
    const started = await start();
    assert.equal(started.code, 7, started.output);
    assert.ok(!existsSync(join(root, "dist", ".cli.tsbuildinfo")));
  });

  it("passes SIGTERM on, and tells the child whom to outlive by no means", async () => {
    await start();
    const { child, ended, output } = node(["tools/start.mjs", "wait"]);
    while (!output().includes("args")) await sleep(20);
    const told = JSON.parse(output()) as { parent: string; ppid: number };
    assert.equal(told.parent, String(child.pid));
    assert.equal(told.ppid, child.pid);
    child.kill("SIGTERM");
    assert.equal(await ended, 42);
  });

  it("ends the child when its own starter is killed", async () => {
    await start();
    const script = `require("node:child_process").spawn(process.execPath, ["tools/start.mjs", "wait"], { stdio: "inherit" });`;
    const { child, ended, output } = node(["-e", script]);
    while (!output().includes("args")) await sleep(20);
    child.kill("SIGKILL");
    await ended; // the pipes close only when all three processes are gone
  });

  it("says in one line that Node is too old", async () => {
    const old = 'Object.defineProperty(process.versions,"node",{value:"18.20.4"})';
    const { ended, output } = node(["--import", `data:text/javascript,${old}`, "tools/start.mjs"]);
    assert.equal(await ended, 1);
    assert.match(output(), /^NODE_TOO_OLD: this is Node 18\.20\.4\. Fix: .*\n$/);
    assert.deepEqual(await log(), [""]);
  });
});
