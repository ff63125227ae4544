import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lines } from "../../lab/cluster/lines";
import { quote } from "../../lab/shell";
import type { LabDescription, LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { control } from "./support/http";
import { tracesOf, untilNoTraces } from "./support/traces";

const CLI = join(packageRoot(), "dist", "cli", "main.js");

/** Longer than any test: whoever waits for it is in the middle of something. */
const NEVER_MS = 300_000;

/** Keys of an object, those of objects in it after a dot. */
function keysOf(value: object, prefix = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "object" && !Array.isArray(inner) ? keysOf(inner as object, `${prefix}${key}.`) : [prefix + key],
  );
}

describe("what a lab leaves behind", () => {
  const directories: string[] = [];
  const children: ChildProcess[] = [];

  afterEach(() => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
    }
    for (const directory of directories.splice(0)) {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  function runtimeDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), "oidc-runner-left-"));
    directories.push(directory);
    return directory;
  }

  /** `npm start`'s command in the middle of `pulumi up`: the pod runs, and its exchange is not answered. */
  async function startedHalfway(): Promise<{ child: ChildProcess; directory: string }> {
    const directory = runtimeDirectory();
    const child = spawn(process.execPath, [CLI, "start"], {
      // A group of its own, as a shell gives it: Ctrl-C reaches all of the group.
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, XDG_RUNTIME_DIR: directory },
    });
    children.push(child);
    for await (const line of lines(child.stdout)) {
      if (line.startsWith("The lab is running")) {
        const [name] = readdirSync(directory) as [string];
        const state = JSON.parse(readFileSync(join(directory, name, "lab.json"), "utf8")) as LabState;
        const fault = { path: "/api/oauth/token", kind: "delay", delayMs: NEVER_MS };
        assert.equal((await control(state, "POST", "/faults", fault)).status, 200);
      }
      if (/job +\| pod .* runs/.test(line)) {
        break;
      }
    }
    return { child, directory };
  }

  for (const signal of ["SIGKILL", "SIGINT"] as const) {
    it(`is nothing after ${signal === "SIGINT" ? "Ctrl-C" : signal} in the middle of an up`, async () => {
      const { child, directory } = await startedHalfway();
      const running = tracesOf(directory).join("\n");
      for (const name of [
        ...["pulumi up", "pulumi-language-nodejs", "dynamic-provider|pulumi-resource-pulumi-nodejs"],
        ...["providers/main.js kubernetes|pulumi-resource-kubernetes", "kube-apiserver", "etcd", "entrypoint.sh"],
      ]) {
        assert.match(running, new RegExp(name), `${name} runs, or the test shows nothing:\n${running}`);
      }
      const exited = once(child, "exit");
      if (signal === "SIGINT") {
        process.kill(-(child.pid as number), signal);
      } else {
        child.kill(signal);
      }
      assert.deepEqual(await exited, signal === "SIGINT" ? [130, null] : [null, signal]);
      await untilNoTraces(directory);
      assert.deepEqual(readdirSync(directory), []);
    });
  }

  for (const command of ["start", "lab up"]) {
    it(`is nothing after Ctrl-C on a terminal while ${command} starts the lab, which ends with 130`, async () => {
      const directory = runtimeDirectory();
      const line = `${quote(process.execPath)} ${quote(CLI)} ${command}`;
      // The terminal's own Ctrl-C: a key, which becomes a signal unless the program has taken the terminal over.
      const child = spawn("script", ["--quiet", "--flush", "--return", "--command", line, "/dev/null"], {
        stdio: ["pipe", "pipe", "inherit"],
        env: { ...process.env, XDG_RUNTIME_DIR: directory },
      });
      children.push(child);
      let shown = "";
      for await (const text of child.stdout.setEncoding("utf8")) {
        shown += text;
        const [name = ""] = readdirSync(directory);
        // The lab's own process has begun: before, there is nothing but an empty log.
        const hasBegun = shown.includes("Starting the lab") && existsSync(join(directory, name, "clusters"));
        if (hasBegun && !child.stdin.writableEnded) {
          child.stdin.end("\u0003");
        }
      }
      assert.equal(child.exitCode ?? (await once(child, "exit"))[0], 130, shown);
      await untilNoTraces(directory);
      assert.deepEqual(readdirSync(directory), []);
    });
  }

  it("is a lab that was kept, beside which another is refused, until lab down", async () => {
    const directory = join(runtimeDirectory(), "kept");
    const cli = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
      new Promise((resolve) => {
        execFile(process.execPath, [CLI, ...args, "--directory", directory], (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
        );
      });
    const kept = await cli("start", "--keep");
    assert.equal(kept.code, 0, kept.stderr);
    assert.ok(kept.stdout.includes(`npx oidc-runner lab down --directory ${directory}`), kept.stdout);
    const second = await cli("start", "--keep");
    assert.equal(second.code, 2, second.stdout);
    assert.match(
      second.stderr,
      /^LAB_RUNNING: .* Fix: stop it with 'oidc-runner lab down', or choose another --directory$/m,
    );
    assert.equal((await cli("lab", "down")).code, 0);
    await untilNoTraces(directory);
    assert.ok(!existsSync(directory));
  });

  it("is nothing after lab down; until then lab status knows it", async () => {
    const directory = join(runtimeDirectory(), "lab");
    const cli = (...args: string[]): Promise<{ code: number; stdout: string }> =>
      new Promise((resolve) => {
        execFile(process.execPath, [CLI, "lab", ...args, "--directory", directory], (error, stdout) =>
          resolve({ code: Number(error?.code ?? 0), stdout }),
        );
      });
    const up = await cli("up", "--json");
    assert.equal(up.code, 0);
    const description = JSON.parse(up.stdout) as LabDescription;
    const keys = [
      ...["authorities", "aws.region", "aws.stsUrl", "azure.authority", "azure.tenantId", "ca", "clusters"],
      ...["azureDevops.issuer", "azureDevops.tokenRequestToken", "azureDevops.tokenRequestUrl"].map(
        (key) => `ci.${key}`,
      ),
      ...["bitbucket.issuer", "buildkite.issuer", "buildkite.tokenRequestToken"].map((key) => `ci.${key}`),
      ...["buildkite.tokenRequestUrl", "circleci.issuer", "circleci.tokenRequestToken"].map((key) => `ci.${key}`),
      ...["circleci.tokenRequestUrl", "githubActions.issuer"].map((key) => `ci.${key}`),
      ...["githubActions.tokenRequestToken", "githubActions.tokenRequestUrl"].map((key) => `ci.${key}`),
      ...["gitlab.issuer", "terraformCloud.issuer"].map((key) => `ci.${key}`),
      ...Object.keys(description.environment).map((name) => `environment.${name}`),
      ...["environmentFile", "gcp.iamCredentialsUrl", "gcp.jwksUrl", "gcp.stsUrl", "kubeconfig"],
      ...["pulumiCli.path", "pulumiCli.version"],
      ...["adminToken", "organization", "pools", "teams", "url", "users"].map((key) => `pulumiCloud.${key}`),
      ...["pulumiIssuer.customAudienceIssuer", "pulumiIssuer.issuer"],
    ];
    assert.deepEqual(keysOf(description).sort(), keys.sort());
    assert.equal(statSync(description.kubeconfig).mode & 0o077, 0);
    const status = await cli("status", "--json");
    assert.deepEqual([status.code, JSON.parse(status.stdout)], [0, description]);
    assert.ok(!(await cli("status")).stdout.includes(description.pulumiCloud.adminToken));
    assert.equal((await cli("down")).code, 0);
    await untilNoTraces(directory);
    assert.ok(!existsSync(directory));
    assert.equal((await cli("status")).code, 1);
    assert.equal((await cli("down")).code, 0, "a script may end a lab that has ended");
  });
});
