import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../../../tools/toolchain/lock";
import { skip } from "../../skip";
import { sandbox } from "./fixtures";

describe("toolchain/lock", () => {
  let box: Awaited<ReturnType<typeof sandbox>>;
  let file: string;
  beforeEach(async () => {
    box = await sandbox();
    file = join(box.root, "x.lock");
  });
  afterEach(() => box.remove());

  it("lets one at a time work, and leaves no file", async () => {
    let inside = 0;
    let waits = 0;
    const work = async () => {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(file, work, { pollMs: 5, onWait: () => waits++ })));
    assert.ok(waits > 0);
    assert.equal(existsSync(file), false);
  });

  it("frees the lock when the work fails", async () => {
    await assert.rejects(
      withLock(file, () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await withLock(file, () => Promise.resolve(1)), 1);
  });

  it("takes over the lock of a dead process, and one with nonsense in it", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    for (const content of [JSON.stringify({ pid: dead }), "", "{"]) {
      await writeFile(file, content);
      const onWait = () => assert.fail("waited for nobody");
      assert.equal(await withLock(file, () => Promise.resolve("done"), { onWait }), "done");
    }
  });

  it("takes over the lock of a process whose id another process has now", async function () {
    if (process.platform !== "linux") return skip(this, "only Linux tells a process's start time");
    await writeFile(file, JSON.stringify({ pid: process.pid, started: "1" }));
    const onWait = () => assert.fail("waited for nobody");
    assert.equal(await withLock(file, () => Promise.resolve("done"), { onWait }), "done");
  });

  it("waits for a living process, naming it, until it ends", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    try {
      await writeFile(file, JSON.stringify({ pid: other.pid }));
      let named: number | undefined;
      const onWait = ({ pid }: { pid: number }) => {
        named = pid;
        other.kill("SIGKILL");
      };
      const held = await withLock(file, () => readFile(file, "utf8"), { pollMs: 5, onWait });
      assert.equal(named, other.pid);
      assert.equal(JSON.parse(held).pid, process.pid);
    } finally {
      other.kill("SIGKILL");
    }
  });
});
