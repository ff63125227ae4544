import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FailureLab } from "./failure-lab";
import { type EntrypointHost, needsShell, SHELLS, type ShellRun } from "./shell-run";

/**
 * A CLI whose logins store token after token, pul-1, pul-2 …: the first one lives for three seconds, the others for an hour.
 * The text that HOLE holds, if any, takes the place of what it stores.
 */
const CLI = `
[ "$1" = login ] || exit 0
count=$(cat "$HOME/count" 2>/dev/null || echo 0); count=$((count + 1)); echo "$count" >"$HOME/count"
life=3600; [ "$count" != 1 ] || life=3
expires=$(date -u -d "@$(($(date +%s) + life))" +%Y-%m-%dT%H:%M:%S.5Z)
stored="{\\"current\\":\\"$2\\",\\"accessTokens\\":{\\"$2\\":\\"pul-$count\\"},\\"accounts\\":{\\"$2\\":{\\"accessToken\\":\\"pul-$count\\",\\"tokenInformation\\":{\\"expiresAt\\":\\"$expires\\"}}}}"
printf '%s\\n' "\${HOLE-$stored}" >"$PULUMI_CREDENTIALS_PATH/credentials.json"`;

const RUN = ["sh", "-c", "echo the command ran"];

describe("the entrypoint waits", () => {
  const lab = new FailureLab();
  /** Takes connections and never says a word. */
  let silent: Server;
  let silentUrl: string;

  before(async () => {
    await lab.start();
    silent = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    silentUrl = `https://127.0.0.1:${(silent.address() as { port: number }).port}`;
  });
  after(async () => {
    silent.close();
    await lab.fixture.stop();
  });

  const stored = (host: EntrypointHost): string => {
    const text = readFileSync(join(host.private, "credentials.json"), "utf8");
    return /"accounts".*?"accessToken":"([^"]*)"/.exec(text)?.[1] ?? "";
  };

  async function until(run: ShellRun, condition: () => boolean): Promise<void> {
    while (!condition()) {
      assert.equal(run.child.exitCode ?? run.child.signalCode, null, run.output());
      await sleep(20);
    }
  }

  for (const shell of SHELLS) {
    it(`no longer than its limit for a CLI that gets no answer, and tries again: ${shell.name} [A11]`, async function () {
      needsShell(this, shell);
      await lab.withHost(shell, {}, async (host) => {
        // What a CLI starts holds its output open, and is no reason to wait either.
        host.install("pulumi", `echo try >>"$HOME/tries"; exec sleep 600`);
        const env = { OIDC_RUNNER_TIMEOUT_SECONDS: "1", OIDC_RUNNER_RETRY_SECONDS: "0.06" };
        const { code, output } = await host.run(lab.fixture.cloud.url, RUN, env);
        assert.equal(code, 75, output);
        assert.match(output, /CLOUD_UNREACHABLE: .*no answer within 1 s.*Cause: packets to it get lost/);
        assert.ok(readFileSync(join(host.directory, "tries"), "utf8").split("\n").length > 2, output);
      });
    });
  }

  it("no longer than its limit for a server that never answers curl", async () => {
    await lab.withHost(SHELLS[0], { curl: true }, async (host) => {
      const env = { OIDC_RUNNER_TIMEOUT_SECONDS: "1" };
      const { code, output } = await host.run(silentUrl, RUN, env);
      assert.equal(code, 75, output);
      assert.match(output, /CLOUD_UNREACHABLE: .*Cause: packets to it get lost/);
    });
  });

  it("for an answer that comes in time", async () => {
    await lab.withHost(SHELLS[0], {}, async (host) => {
      host.install("pulumi", `sleep 0.5\n${CLI}`);
      const { code, output } = await host.run(lab.fixture.cloud.url, RUN, { OIDC_RUNNER_TIMEOUT_SECONDS: "20" });
      assert.equal(code, 0, output);
    });
  });

  it("no longer than its limit for a renewal, and says when the token has ended [A11]", async () => {
    await lab.withHost(SHELLS[0], {}, async (host) => {
      host.install("pulumi", `[ ! -e "$HOME/count" ] || exec sleep 600\n${CLI}`);
      const run = host.start(lab.fixture.cloud.url, ["sh", "-c", 'while [ ! -e "$HOME/stop" ]; do sleep 0.1; done'], {
        OIDC_RUNNER_TIMEOUT_SECONDS: "1",
      });
      await until(run, () => /RENEWAL_DELAYED.*no answer within 1 s[\s\S]*LOGIN_EXPIRED/.test(run.output()));
      writeFileSync(join(host.directory, "stop"), "");
      assert.equal((await run.ended).code, 0);
    });
  });

  for (const shell of SHELLS) {
    it(`for no renewal when a process of the CLI has put the last token back: ${shell.name} [A10]`, async function () {
      needsShell(this, shell);
      await lab.withHost(shell, {}, async (host) => {
        host.install("pulumi", CLI);
        const run = host.start(lab.fixture.cloud.url, ["sh", "-c", 'while [ ! -e "$HOME/stop" ]; do sleep 0.1; done']);
        const file = join(host.private, "credentials.json");
        await until(run, () => run.output().includes("exchanged"));
        const first = readFileSync(file, "utf8");
        await until(run, () => run.output().includes("renewed") && stored(host) === "pul-2");
        // The token is good for an hour, and the next renewal three quarters of it away.
        writeFileSync(file, first);
        await until(run, () => stored(host) === "pul-3");
        writeFileSync(join(host.directory, "stop"), "");
        assert.equal((await run.ended).code, 0);
      });
    });
  }

  it("for a token that was stored, and takes no other file for one [A10]", async () => {
    for (const [hole, problem] of [
      ["", /LOGIN_NOT_STORED: .* Fix: /],
      ['{"current":"x","accounts":{"https://other.example":{"accessToken":"pul-9"}}}', /LOGIN_NOT_STORED: .* Fix: /],
      ['{ "$pulumiSecureStore": 1, "backend": "keyring", "data": "AA" }', /LOGIN_ENCRYPTED: .* Fix: set PULUMI_CREDEN/],
    ] as const) {
      await lab.withHost(SHELLS[0], {}, async (host) => {
        host.install("pulumi", CLI);
        const { code, output } = await host.run(lab.fixture.cloud.url, RUN, { HOLE: hole });
        assert.equal(code, 78, output);
        assert.match(output, problem);
        assert.doesNotMatch(output, /the command ran/);
      });
    }
  });

  it("longer for a service that is busy than for one that does not answer", async function () {
    const shell = SHELLS[0];
    needsShell(this, shell);
    await lab.withHost(shell, { curl: true }, async (host) => {
      const cloud = await lab.newCloud();
      const wait = { OIDC_RUNNER_RETRY_SECONDS: "0.05" };
      cloud.faults.add({ path: "/api/oauth/token", kind: "status", status: 503, times: 9 });
      const busy = await host.run(cloud.url, RUN, wait);
      assert.equal(busy.code, 0, busy.output);
      assert.match(busy.output, /try 9: [\s\S]*the command ran/);
      cloud.faults.add({ path: "/api/oauth/token", kind: "reset-before", times: 9 });
      const silent = await host.run(cloud.url, RUN, wait);
      assert.equal(silent.code, 75, silent.output);
      assert.doesNotMatch(silent.output, /try 7: /);
    });
  });

  for (const shell of SHELLS) {
    it(`between tries by the clock where the kernel has no random uuid: ${shell.name} [A19]`, async function () {
      needsShell(this, shell);
      await lab.withHost(shell, { curl: true }, async (host) => {
        // gVisor before June 2026.
        const retry = join(host.directory, "retry.sh");
        const text = readFileSync(retry, "utf8");
        assert.ok(text.includes("/proc/sys/kernel/random/uuid"));
        writeFileSync(retry, text.replaceAll("/proc/sys/kernel/random/uuid", "/proc/sys/kernel/random/none"));
        const cloud = await lab.newCloud();
        cloud.faults.add({ path: "/api/oauth/token", kind: "status", status: 503, times: 2 });
        const { code, output } = await host.run(cloud.url, RUN);
        assert.equal(code, 0, output);
        assert.match(output, /try 1: [\s\S]*try 2: [\s\S]*the command ran/);
        assert.doesNotMatch(output, /random/);
      });
    });
  }

  it("for no proxy that ~/.curlrc names", async () => {
    await lab.withHost(SHELLS[0], { curl: true }, async (host) => {
      writeFileSync(join(host.directory, ".curlrc"), 'proxy = "http://127.0.0.1:1"\nurl = "http://127.0.0.1:1"\n');
      const { code, output } = await host.run(lab.fixture.cloud.url, RUN);
      assert.equal(code, 0, output);
    });
  });
});
