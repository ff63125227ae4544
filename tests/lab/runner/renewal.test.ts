import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PulumiCloud } from "../../../lab/pulumi-cloud";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { podClaims } from "../pulumi-cloud/fixture";
import { atOnce } from "./at-once";
import { FailureLab } from "./failure-lab";
import { assertNoToken } from "./refusals";
import { EntrypointHost, type ImageTools, SHELLS, type ShellKind, type ShellRun } from "./shell-run";
import { findTokens } from "./token-detector";

/** A CLI of before `login --oidc-token`. */
const OLD_CLI = "sh -c 'echo \"error: unknown flag: --oidc-token\" >&2; exit 255' old-pulumi";

/** Life of the access tokens, seconds: short enough to wait for, and renewed when half of it is over. */
const LIFE = 3;

/**
 * The same where something must happen between a renewal that fails, at 85 % of a life at the latest, and the token's end: a
 * busy machine takes two seconds for an exchange.
 */
const LONGER_LIFE = 30;

/** Milliseconds after which what a run has not said is not waited for any more: against hangs only. */
const NEVER = 600_000;

/** A service's clock that moves by hand: its tokens end when the test has seen others, not when the machine was busy. */
class HandClock {
  #now = Date.now();
  readonly now = () => this.#now;

  move(seconds: number): void {
    this.#now += seconds * 1000;
  }
}

/** A command that goes on until it is told to stop. */
const untilStopped = (code: number) => `while [ ! -e "$STOP" ]; do sleep 0.1; done; exit ${code}`;
const stopFile = (host: EntrypointHost) => join(host.directory, "stop");
const stop = (host: EntrypointHost) => writeFileSync(stopFile(host), "");

/** Waits until a run has printed something; one that ends before fails. */
async function said(run: ShellRun, pattern: RegExp): Promise<void> {
  const end = Date.now() + NEVER;
  while (!pattern.test(run.output())) {
    assert.ok(Date.now() < end, `not ${pattern}: ${run.output()}`);
    assert.equal(run.child.exitCode ?? run.child.signalCode, null, run.output());
    await sleep(20);
  }
}

const exchangesAt = (cloud: PulumiCloud) => cloud.journal.list().filter(({ path }) => path === "/api/oauth/token");

describe("the entrypoint while its command runs", () => {
  const lab = new FailureLab();
  let pulumi: string;

  before(async () => {
    pulumi = (await resolvePulumiCli(silentReport)).path;
    await lab.start();
  });
  after(() => lab.fixture.stop());

  /** A subject token that is good by each of the clocks here. */
  const subjectToken = (jti: string) => {
    const now = Math.floor(Date.now() / 1000);
    return lab.issuer.sign({ ...podClaims("pulumi", "runner"), jti, iat: now - 600, nbf: now - 600, exp: now + 3600 });
  };

  const read = (host: EntrypointHost, name: string) => readFileSync(join(host.private, name), "utf8");

  describe("keeps the access token fresh, by a fresh subject token each time", () => {
    const [dash, posix, busybox] = SHELLS as [ShellKind, ShellKind, ShellKind];
    const kinds: [string, ShellKind, () => ImageTools][] = [
      ["curl", dash, () => ({ curl: true })],
      ["curl", posix, () => ({ curl: true })],
      [
        "curl beside an old CLI",
        EntrypointHost.isInstalled(busybox) ? busybox : dash,
        () => ({ curl: true, pulumi: OLD_CLI }),
      ],
      ["CLI", dash, () => ({ pulumi })],
    ];
    async function keepFresh([name, shell, tools]: (typeof kinds)[number]): Promise<void> {
      const clock = new HandClock();
      const cloud = await lab.newCloud({ clock: clock.now });
      await lab.withHost(shell, tools(), async (host) => {
        const script = `echo "variable: \${PULUMI_ACCESS_TOKEN:+set}"; ${untilStopped(9)}`;
        const env = { OIDC_RUNNER_EXPIRATION_SECONDS: String(LIFE), STOP: stopFile(host) };
        const run = host.start(cloud.url, ["sh", "-c", script], env);
        await said(run, /variable:/);
        const tokens = new Set<string>();
        const subjects = () => new Set(exchangesAt(cloud).map(({ credential }) => credential)).size;
        for (let count = 0; run.child.exitCode === null; count++) {
          const token = read(host, "access-token").trim();
          if (!tokens.has(token)) {
            tokens.add(token);
            // This one lives on, and ends when the next one is seen.
            clock.move(LIFE - 1);
            host.setToken(await subjectToken(`${name} ${count}`));
          }
          const answer = await lab.fixture.request(`${cloud.url}/api/user`, "GET", undefined, {
            Authorization: `token ${token}`,
          });
          assert.equal(answer.status, 200, `call ${count} with token ${tokens.size}`);
          if (tokens.size >= 4 && subjects() >= 4) {
            stop(host);
          }
          await sleep(100);
        }
        const { code, output, started } = await run.ended;
        assert.equal(code, 9, output);
        const [first] = tokens;
        const late = { Authorization: `token ${first}` };
        assert.equal((await lab.fixture.request(`${cloud.url}/api/user`, "GET", undefined, late)).status, 401);
        assert.ok(tokens.size >= 4 && subjects() >= 4, `${tokens.size} tokens, ${subjects()} subject tokens`);
        const renewed = output.match(/renewed the access token; it expires /g)?.length ?? 0;
        assert.ok(renewed >= tokens.size - 1, output);
        // However long its tools took: it never meant to wait longer than half a token's life.
        // A sleep of whole seconds is the limit of a login.
        const waits = [...started.matchAll(/^sleep (\d*\.\d+)$/gm)].map(([, seconds]) => Number(seconds));
        assert.ok(waits.some((seconds) => seconds >= 1) && Math.max(...waits) <= LIFE / 2, waits.join(" "));
        assert.equal(statSync(join(host.private, "access-token")).mode & 0o777, 0o600);
        assertNoToken(output, [...tokens]);
        assert.deepEqual(findTokens(started, [...tokens]), []);
        // A variable would outlive its token, and win over the CLI's stored login.
        const hasCli = name.includes("CLI");
        assert.match(output, hasCli ? /^variable: $/m : /^variable: set$/m);
        if (hasCli) {
          const stored = JSON.parse(read(host, "credentials.json"));
          // The CLI stores it a moment before the file has it.
          const { accessToken } = stored.accounts[cloud.url];
          assert.ok(accessToken === [...tokens].at(-1) || !tokens.has(accessToken), "the last token is stored");
          assert.equal(statSync(join(host.private, "credentials.json")).mode & 0o777, 0o600);
        }
      });
    }

    atOnce(kinds.map((kind) => [`${kind[0]}, ${kind[1].name}`, () => keepFresh(kind)]));
  });

  describe("when a renewal fails", () => {
    /** Starts a command that ends with 4 when it is stopped, and waits until it has a token. */
    async function startOn(host: EntrypointHost, cloud: PulumiCloud, life: number): Promise<ShellRun> {
      const env = { OIDC_RUNNER_EXPIRATION_SECONDS: String(life), STOP: stopFile(host) };
      const run = host.start(cloud.url, ["sh", "-c", untilStopped(4)], env);
      await said(run, /exchanged/);
      return run;
    }
    /** Ends the command, which must have gone on until now; what was printed in the end. */
    async function stopped(host: EntrypointHost, run: ShellRun): Promise<string> {
      stop(host);
      const { code, output } = await run.ended;
      assert.equal(code, 4, output);
      return output;
    }

    atOnce([
      [
        "tries again before the token ends, and says so once",
        async () => {
          const cloud = await lab.newCloud();
          await lab.withHost(SHELLS[0], { curl: true }, async (host) => {
            const run = await startOn(host, cloud, LONGER_LIFE);
            cloud.faults.add({ path: "/api/oauth/token", kind: "status", status: 503, times: 1 });
            await said(run, /RENEWAL_DELAYED[\s\S]*(renewed the access token|LOGIN_EXPIRED)/);
            const output = await stopped(host, run);
            assert.equal(output.match(/RENEWAL_DELAYED: .*HTTP status 503/g)?.length, 1, output);
            assert.doesNotMatch(output, /LOGIN_EXPIRED/);
          });
        },
      ],

      [
        "says that the token has ended and why, lets the command go on, and renews when it can",
        async () => {
          const cloud = await lab.newCloud();
          await lab.withHost(SHELLS[0], { curl: true }, async (host) => {
            const run = await startOn(host, cloud, LIFE);
            cloud.faults.add({ path: "/api/oauth/token", kind: "status", status: 503, times: 1000 });
            await said(run, /Fix:/);
            cloud.faults.clear();
            await said(run, /Fix:[\s\S]*renewed the access token/);
            const output = await stopped(host, run);
            assert.equal(output.match(/LOGIN_EXPIRED: /g)?.length, 1, output);
            assert.match(
              output,
              /LOGIN_EXPIRED: .*\n.*CLOUD_FAILED: .* Fix: run the Job again later[\s\S]*renewed the access token/,
            );
          });
        },
      ],

      [
        "explains a refusal, since the policy may have changed",
        async () => {
          const cloud = await lab.newCloud();
          await lab.withHost(SHELLS[0], { curl: true }, async (host) => {
            const run = await startOn(host, cloud, LONGER_LIFE);
            await lab.setPolicies(cloud, [{ ...lab.trust.definition, decision: "deny" }]);
            await said(run, /Cause:/);
            const output = await stopped(host, run);
            assert.equal(output.match(/LOGIN_EXPIRED: /g)?.length, 1, output);
            assert.match(output, /RENEWAL_DELAYED: .*\(refused\)[\s\S]*Cause: one of these;/);
            assertNoToken(output);
          });
        },
      ],

      [
        "goes on without the subject token's file, and says what is missing",
        async () => {
          await lab.withHost(SHELLS[0], { curl: true }, async (host) => {
            const run = await startOn(host, lab.fixture.cloud, LIFE);
            host.setToken("");
            await said(run, /TOKEN_MISSING: .* Fix:/);
            const output = await stopped(host, run);
            assert.match(output, /LOGIN_EXPIRED: .*\n.*TOKEN_MISSING: .* Fix: mount the projected/);
          });
        },
      ],
    ]);
  });

  it("asks no more than once a second, however short the tokens live", async () => {
    const cloud = await lab.newCloud();
    await lab.withHost(SHELLS[0], { curl: true }, async (host) => {
      const began = Date.now();
      const env = { OIDC_RUNNER_EXPIRATION_SECONDS: "1", STOP: stopFile(host) };
      const run = host.start(cloud.url, ["sh", "-c", untilStopped(0)], env);
      while (exchangesAt(cloud).length < 3 && run.child.exitCode === null) {
        await sleep(20);
      }
      stop(host);
      const { code, output } = await run.ended;
      assert.equal(code, 0, output);
      const exchanges = exchangesAt(cloud).length;
      assert.ok(exchanges >= 3 && exchanges <= 1 + (Date.now() - began) / 1000, `${exchanges} exchanges`);
    });
  });
});
