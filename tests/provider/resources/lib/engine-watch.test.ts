import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lines } from "../../../../lab/cluster/lines";
import { packageRoot } from "../../../../tools/toolchain/package-root";

const SDK = "node_modules/@pulumi/pulumi/cmd";

describe("provider/resources/lib/engine-watch", () => {
  let directory: string;
  let child: ChildProcess;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-watch-"));
  });
  afterEach(() => {
    try {
      // The group: the shell and what it started.
      process.kill(-(child.pid as number), "SIGKILL");
    } catch {
      // All of it has ended.
    }
    rmSync(directory, { recursive: true, force: true });
  });

  /** Starts a program below a shell, as the SDK's launcher does, and waits until it watches. Its output is `lines`. */
  async function start(path: string, more = ""): Promise<AsyncIterator<string>> {
    const file = join(directory, path, "index.js");
    mkdirSync(dirname(file), { recursive: true });
    const module = join(packageRoot(), "dist", "provider", "resources", "lib", "engine-watch.js");
    writeFileSync(
      file,
      `require(${JSON.stringify(module)}).watchEngine();
      console.log("watching");
      process.on("exit", () => console.log("ended"));
      setInterval(() => console.log("still there"), 600);
      ${more}`,
    );
    const command = [process.execPath, file];
    child = spawn("sh", ["-c", '"$@"; true', "sh", ...command], {
      cwd: packageRoot(),
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const output = lines(child.stdout as NonNullable<ChildProcess["stdout"]>)[Symbol.asyncIterator]();
    assert.equal((await output.next()).value, "watching");
    return output;
  }

  /** What a program says when it no longer says that it is still there; a busy machine needs its time. */
  async function lastWord(output: AsyncIterator<string>): Promise<string> {
    for (;;) {
      const { value, done } = await output.next();
      if (done || value !== "still there") return value;
    }
  }

  /** That a program goes on for longer than the watch needs to see a change, whatever it had said before. */
  async function goesOn(output: AsyncIterator<string>): Promise<void> {
    for (let count = 0; count < 3; count += 1) {
      assert.equal((await output.next()).value, "still there");
    }
  }

  it("ends the provider when its engine closes standard input, as a killed one does", async () => {
    const output = await start(`${SDK}/dynamic-provider`);
    const closed = once(child, "close");
    child.stdin?.end();
    assert.equal(await lastWord(output), "ended");
    await closed;
  });

  it("ends the provider when its parent is gone", async () => {
    const output = await start(`${SDK}/dynamic-provider`);
    child.kill("SIGKILL");
    assert.equal(await lastWord(output), "ended");
  });

  it("leaves any other program alone, be it the SDK's own", async () => {
    const output = await start(`${SDK}/run`);
    child.stdin?.end();
    child.kill("SIGKILL");
    await goesOn(output);
  });

  /** A write that is stored at once, and confirmed after so many milliseconds. */
  const writing = (milliseconds: number) => {
    const queue = join(packageRoot(), "dist", "pulumi-cloud", "policies", "queue.js");
    return `
      const definition = { decision: "allow", tokenType: "organization", rules: { sub: "x" } };
      const change = { add: [definition], remove: [], adopt: false, lease: "one" };
      const end = (isConfirmed) => ({ outcomes: [{ policyId: "p", gone: [] }], holders: undefined, reading: {}, isConfirmed });
      const write = async (changes, start, onStored) => {
        void onStored(end(false));
        await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
        console.log("confirmed");
        return end(true);
      };
      const timing = { now: Date.now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
      require(${JSON.stringify(queue)}).writeTogether("k", change, write, { timing, quietWindowMs: 2000 }, () => {})
        .then(() => console.log("stored"));`;
  };

  /** Interrupts the shell and what it started, as the engine does, once a write is stored. */
  async function interruptedWith(milliseconds: number): Promise<string> {
    const output = await start(`${SDK}/dynamic-provider`, writing(milliseconds));
    assert.equal(await lastWord(output), "stored");
    process.kill(-(child.pid as number), "SIGINT");
    return lastWord(output);
  }

  it("lets an interrupted provider confirm what it wrote, whatever the shell above it does", async () => {
    assert.equal(await interruptedWith(1500), "confirmed");
  });

  it("lets it confirm nothing for longer than the engine waits", async () => {
    // It has ended without another word.
    assert.equal(await interruptedWith(60_000), undefined);
  });

  it("lets the provider work while its engine is there", async () => {
    const output = await start(`${SDK}/dynamic-provider`);
    await goesOn(output);
  });
});
