import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { podClaims } from "../pulumi-cloud/fixture";
import { atOnce } from "./at-once";
import { FailureLab } from "./failure-lab";
import { assertNoToken } from "./refusals";
import { EntrypointHost, type ImageTools, SHELLS, type ShellKind } from "./shell-run";
import { findTokens } from "./token-detector";

/** A CLI of before `login --oidc-token`. */
const OLD_CLI = "sh -c 'echo \"error: unknown flag: --oidc-token\" >&2; exit 255' old-pulumi";

/** Life of the access tokens, seconds: short enough to wait for, and renewed when half of it is over. */
const LIFE = "3";

/** A clock at half the speed: tokens live longer than they say, so that a machine with much to do is no failure. */
function slowClock(): () => number {
  const start = Date.now();
  return () => start + (Date.now() - start) / 2;
}

describe("the entrypoint while its command runs", function () {
  this.timeout(120_000);
  const lab = new FailureLab();
  let pulumi: string;

  before(async () => {
    pulumi = (await resolvePulumiCli(silentReport)).path;
    await lab.start();
  });
  after(() => lab.fixture.stop());

  async function withHost<T>(
    shell: ShellKind,
    tools: ImageTools,
    work: (host: EntrypointHost) => Promise<T>,
  ): Promise<T> {
    const host = new EntrypointHost(shell, lab.trust, lab.fixture.authority.certificatePem, tools);
    try {
      host.setToken(await lab.token());
      return await work(host);
    } finally {
      host.remove();
    }
  }

  const read = (host: EntrypointHost, name: string) => readFileSync(join(host.private, name), "utf8");

  describe("keeps the access token fresh, by a fresh subject token each time", () => {
    const [dash, posix, busybox] = SHELLS as [ShellKind, ShellKind, ShellKind];
    const kinds: [string, ShellKind, () => ImageTools][] = [
      ["curl", dash, () => ({ curl: true })],
      ["GNU wget", posix, () => ({ wget: "gnu" })],
      ["curl beside an old CLI", busybox, () => ({ curl: true, pulumi: OLD_CLI })],
      ["CLI", dash, () => ({ pulumi })],
    ];
    async function keepFresh([name, shell, tools]: (typeof kinds)[number]): Promise<void> {
      const cloud = await lab.newCloud({ clock: slowClock() });
      await withHost(shell, tools(), async (host) => {
        const script =
          'echo "variable: ${PULUMI_ACCESS_TOKEN:+set}"; n=0; while [ $n -lt 90 ]; do sleep 0.1; n=$((n+1)); done; exit 9';
        const run = host.start(cloud.url, ["sh", "-c", script], { OIDC_RUNNER_EXPIRATION_SECONDS: LIFE });
        while (!run.output().includes("variable:")) {
          await sleep(20);
        }
        const tokens = new Set<string>();
        for (let count = 0; run.child.exitCode === null; count++) {
          const token = read(host, "access-token").trim();
          tokens.add(token);
          const answer = await lab.fixture.request(`${cloud.url}/api/user`, "GET", undefined, {
            Authorization: `token ${token}`,
          });
          assert.equal(answer.status, 200, `call ${count} with token ${tokens.size}`);
          if (count % 5 === 0) {
            host.setToken(await lab.issuer.sign({ ...podClaims("pulumi", "runner"), jti: `${name} ${count}` }));
          }
          await sleep(100);
        }
        const { code, output, started } = await run.ended;
        assert.equal(code, 9, output);
        // Nine seconds or more: longer than any token lives.
        assert.ok(tokens.size >= 4, `${tokens.size} tokens`);
        const renewed = output.match(/renewed the access token; it expires /g)?.length ?? 0;
        assert.ok(renewed >= tokens.size - 1, output);
        assert.equal(statSync(join(host.private, "access-token")).mode & 0o777, 0o600);
        const exchanges = cloud.journal.list().filter(({ path }) => path === "/api/oauth/token");
        assert.ok(new Set(exchanges.map(({ credential }) => credential)).size >= 4, "subject tokens");
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
    const command = ["sh", "-c", "n=0; while [ $n -lt 60 ]; do sleep 0.1; n=$((n+1)); done; exit 4"];
    const env = { OIDC_RUNNER_EXPIRATION_SECONDS: LIFE };

    atOnce([
      [
        "tries again before the token ends, and says so once",
        async () => {
          const cloud = await lab.newCloud();
          await withHost(SHELLS[0], { curl: true }, async (host) => {
            const run = host.start(cloud.url, command, env);
            while (!run.output().includes("exchanged")) {
              await sleep(20);
            }
            cloud.faults.add({ path: "/api/oauth/token", kind: "status", status: 503, times: 1 });
            const { code, output } = await run.ended;
            assert.equal(code, 4, output);
            assert.equal(output.match(/RENEWAL_DELAYED: .*HTTP status 503/g)?.length, 1, output);
            assert.match(output, /renewed the access token/);
            assert.doesNotMatch(output, /LOGIN_EXPIRED/);
          });
        },
      ],

      [
        "says that the token has ended and why, lets the command go on, and renews when it can",
        async () => {
          const cloud = await lab.newCloud();
          await withHost(SHELLS[0], { curl: true }, async (host) => {
            const run = host.start(cloud.url, command, env);
            while (!run.output().includes("exchanged")) {
              await sleep(20);
            }
            cloud.faults.add({ path: "/api/oauth/token", kind: "status", status: 503, times: 1000 });
            while (!run.output().includes("Fix:")) {
              await sleep(20);
            }
            cloud.faults.clear();
            const { code, output } = await run.ended;
            assert.equal(code, 4, output);
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
          await withHost(SHELLS[0], { curl: true }, async (host) => {
            const run = host.start(cloud.url, command, env);
            while (!run.output().includes("exchanged")) {
              await sleep(20);
            }
            await lab.setPolicies(cloud, [{ ...lab.trust.definition, decision: "deny", rules: {} }]);
            const { code, output } = await run.ended;
            assert.equal(code, 4, output);
            assert.equal(output.match(/LOGIN_EXPIRED: /g)?.length, 1, output);
            assert.match(output, /RENEWAL_DELAYED: .*\(refused\)[\s\S]*Cause: most likely \(1\), the policy/);
            assertNoToken(output);
          });
        },
      ],

      [
        "goes on without the subject token's file, and says what is missing",
        async () => {
          await withHost(SHELLS[0], { curl: true }, async (host) => {
            const run = host.start(lab.fixture.cloud.url, command, env);
            while (!run.output().includes("exchanged")) {
              await sleep(20);
            }
            host.setToken("");
            const { code, output } = await run.ended;
            assert.equal(code, 4, output);
            assert.match(output, /LOGIN_EXPIRED: .*\n.*TOKEN_MISSING: .* Fix: mount the projected/);
          });
        },
      ],
    ]);
  });

  it("asks no more than once a second, however short the tokens live", async () => {
    const cloud = await lab.newCloud();
    await withHost(SHELLS[0], { curl: true }, async (host) => {
      const began = Date.now();
      const { code, output } = await host.run(cloud.url, ["sh", "-c", "sleep 3"], {
        OIDC_RUNNER_EXPIRATION_SECONDS: "1",
      });
      assert.equal(code, 0, output);
      const exchanges = cloud.journal.list().filter(({ path }) => path === "/api/oauth/token").length;
      assert.ok(exchanges >= 2 && exchanges <= 1 + (Date.now() - began) / 1000, `${exchanges} exchanges`);
    });
  });
});
