import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  detectIsolationMode,
  dyingWithParent,
  isolatedCommand,
  isolationMode,
  ownsAllUsers,
} from "../../../lab/isolation";

/** Runs as an ordinary user; only root can ask for that, everybody else already is one. */
const AS_NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--"];
const isRoot = process.geteuid?.() === 0;

function processesWith(marker: string): string[] {
  return processesWhere((line) => line.includes(marker));
}

function processesWhere(matches: (commandLine: string) => boolean): string[] {
  return readdirSync("/proc").filter((entry) => {
    try {
      return /^\d+$/.test(entry) && matches(readFileSync(`/proc/${entry}/cmdline`, "utf8"));
    } catch {
      return false; // ended between the two calls
    }
  });
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await sleep(20);
  }
}

/** A `sleep` whose argument is found nowhere else on the machine. */
const uniqueSeconds = () => `${86_400 + Math.floor(Math.random() * 1e6)}.${process.pid}`;

describe("lab/isolation", () => {
  for (const [name, prefix, mode] of [
    ["root", [], "root"],
    ["an ordinary user", isRoot ? AS_NOBODY : [], "user-namespace"],
  ] as const) {
    it(`ends everything inside when the outermost process is killed, as ${name}`, async function () {
      if (name === "root" && !isRoot) {
        this.skip();
      }
      const seconds = uniqueSeconds();
      const inner = `mount -t tmpfs tmpfs /mnt; setsid sleep ${seconds} & sleep ${seconds} & id -u; echo $$; wait`;
      const [command, ...rest] = [...prefix, ...isolatedCommand(["sh", "-c", inner], mode)];
      const child = spawn(command!, rest, { stdio: ["ignore", "pipe", "inherit"], cwd: "/" });
      let output = "";
      child.stdout.on("data", (chunk) => {
        output += String(chunk);
      });
      await waitUntil(() => output.split("\n").length > 2 && processesWith(`sleep\0${seconds}`).length === 2);
      assert.equal(output, "0\n1\n", "root in its user namespace, first of its process namespace");
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      await waitUntil(() => processesWith(seconds).length === 0);
    });
  }

  it("ends a child with its parent without a process namespace", async () => {
    const seconds = uniqueSeconds();
    const unbound = uniqueSeconds();
    const inner = `${dyingWithParent(["sleep", seconds]).join(" ")} & sleep ${unbound} & wait`;
    const child = spawn("sh", ["-c", inner], { stdio: "ignore" });
    // At the beginning: before that it is setpriv, with the same words, which may not have bound itself to its parent yet.
    const asleep = (marker: string) => processesWhere((line) => line.startsWith(`sleep\0${marker}`));
    await waitUntil(() => asleep(seconds).length + asleep(unbound).length === 2);
    child.kill("SIGKILL");
    await waitUntil(() => asleep(seconds).length === 0);
    const survivors = asleep(unbound); // the near miss: without the wrapper it lives on
    for (const pid of survivors) {
      process.kill(Number(pid), "SIGKILL");
    }
    assert.equal(survivors.length, 1);
  });

  it("takes what the machine allows and says what would help where nothing works", () => {
    assert.equal(
      detectIsolationMode(() => true, true),
      "root",
    );
    assert.equal(
      detectIsolationMode((argv) => argv.includes("--user"), true),
      "user-namespace",
    );
    assert.equal(
      detectIsolationMode(() => true, false),
      "user-namespace",
    );
    assert.throws(
      () => detectIsolationMode(() => false, false),
      (error: Error) =>
        "code" in error && error.code === "LAB_NO_NAMESPACES" && /apparmor_restrict/.test(error.message),
    );
    assert.equal(isolationMode(), isolationMode());
  });

  it("tells real root from a user namespace with one user", () => {
    assert.equal(ownsAllUsers("         0          0 4294967295\n"), true);
    assert.equal(ownsAllUsers("         0     100000      65536\n"), true);
    assert.equal(ownsAllUsers("         0      65534          1\n"), false);
  });
});
