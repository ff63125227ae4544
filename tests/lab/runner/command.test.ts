import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { entrypointScripts } from "../../../provider/workload/entrypoint";
import { FailureLab } from "./failure-lab";
import { BASH, EntrypointHost, needsShell, SHELLS, type ShellKind, type ShellRun } from "./shell-run";

const SIGNALS = { TERM: 15, INT: 2, HUP: 1, QUIT: 3, USR1: 10, USR2: 12 };

/** Variables that mean something to the entrypoint, to the tools it starts or to the shells themselves. */
const MEANINGFUL =
  /^(oidc_|PULUMI_|OIDC_RUNNER_|(https?|no)_proxy$|(HTTPS?|NO)_PROXY$|IFS$|LC_ALL$|PATH$|GCE_METADATA_HOST$|HTTP$)/;

describe("the entrypoint's command", () => {
  const lab = new FailureLab();

  before(() => lab.start());
  after(() => lab.fixture.stop());

  /** An image with curl and GNU env. */
  const newHost = (shell: ShellKind) =>
    new EntrypointHost(shell, lab.trust, lab.fixture.authority.certificatePem, { curl: true, more: ["env"] });

  /** Waits until the command has said a word. */
  async function said(run: ShellRun, word: string): Promise<void> {
    while (!run.output().includes(`${word}\n`)) {
      assert.equal(run.child.exitCode ?? run.child.signalCode, null, run.output());
      await sleep(20);
    }
  }

  for (const shell of [...SHELLS, BASH]) {
    describe(`under ${shell.name}`, () => {
      let host: EntrypointHost;

      before(async function () {
        needsShell(this, shell);
        host = newHost(shell);
        host.setToken(await lab.token());
      });
      after(() => host?.remove());

      const start = (script: string, env: Record<string, string | undefined> = {}, input?: string) =>
        host.start(lab.fixture.cloud.url, ["sh", "-c", script], env, { ...(input !== undefined && { input }) });

      it("hears every signal the entrypoint is sent, and ends with its own code", async () => {
        const traps = Object.keys(SIGNALS).map(
          (name, index) => `trap 'echo heard ${name}; exit ${40 + index}' ${name}`,
        );
        const runs = Object.keys(SIGNALS).map(async (name, index) => {
          const own = newHost(shell);
          try {
            own.setToken(await lab.token());
            const script = `${traps.join("\n")}\necho ready; while :; do sleep 0.05; done`;
            const run = own.start(lab.fixture.cloud.url, ["sh", "-c", script]);
            await said(run, "ready");
            run.child.kill(`SIG${name}` as NodeJS.Signals);
            const { code, output } = await run.ended;
            assert.equal(code, 40 + index, output);
            assert.match(output, new RegExp(`heard ${name}\n`));
          } finally {
            own.remove();
          }
        });
        await Promise.all(runs);
      });

      it("is ended by the signals it does not handle: 128 and the signal's number", async () => {
        for (const [name, number] of Object.entries(SIGNALS).slice(0, 2)) {
          const run = start("echo ready; exec sleep 30");
          await said(run, "ready");
          run.child.kill(`SIG${name}` as NodeJS.Signals);
          const { code, output } = await run.ended;
          assert.equal(code, 128 + number, output);
        }
        const killed = await start("kill -KILL $$").ended;
        assert.equal(killed.code, 128 + 9, killed.output);
      });

      it("keeps running, and its code, when it handles a signal and goes on", async () => {
        const run = start(
          "n=0; trap 'n=$((n+1)); echo again $n' USR1; echo ready; while [ $n -lt 3 ]; do sleep 0.05; done; sleep 0.1; exit 7",
        );
        await said(run, "ready");
        for (let count = 1; count <= 3; count++) {
          run.child.kill("SIGUSR1");
          // Two of a kind that wait to be handled are one.
          await (count < 3 ? said(run, `again ${count}`) : undefined);
        }
        const { code, output } = await run.ended;
        assert.equal(code, 7, output);
        assert.equal(output.match(/^again \d$/gm)?.length, 3);
      });

      it("is waited for to its end, whenever signals come that it handles", async () => {
        const end = join(host.directory, "end");
        const script = `trap : USR1; echo ready; while [ ! -e '${end}' ]; do sleep 0.02 || :; done; sleep 0.1; exit 7`;
        const run = start(script);
        await said(run, "ready");
        for (let count = 0; count < 2000; count++) {
          run.child.kill("SIGUSR1");
          await new Promise(setImmediate);
        }
        writeFileSync(end, "");
        const { code, output } = await run.ended;
        rmSync(end);
        assert.equal(code, 7, output);
      });

      it("is left alone by a signal it ignores on purpose", async () => {
        // It ends by a signal sent after the one it ignores, and with no other code than that one's trap has.
        const run = start("trap '' INT; trap 'echo unmoved; exit 5' USR1; echo ready; while :; do sleep 0.05; done");
        await said(run, "ready");
        run.child.kill("SIGINT");
        run.child.kill("SIGUSR1");
        const { code, output } = await run.ended;
        assert.equal(code, 5, output);
        assert.match(output, /unmoved/);
      });

      it("has the standard input, the working directory and the mask the entrypoint was given", async () => {
        const { code, output } = await start("cat; umask; pwd", {}, "words\n").ended;
        assert.equal(code, 0, output);
        const mask = `0${process.umask().toString(8).padStart(3, "0")}`;
        assert.ok(output.endsWith(`words\n${mask}\n${process.cwd()}\n`), output);
      });

      it("has the environment it was given, and of ours what it needs to find the login", async () => {
        const names = [
          ...new Set(
            Object.values(entrypointScripts())
              .join("\n")
              .match(/\b[A-Za-z_]\w*\b/g),
          ),
        ];
        const foreign = names.filter(
          (name) => !MEANINGFUL.test(name) && !/_CERTS?$|_CA_BUNDLE|_CERT_FILE|_CAINFO/.test(name),
        );
        assert.ok(foreign.length > 300, `${foreign.length} names`);
        const env = Object.fromEntries(foreign.map((name) => [name, `user's ${name}`]));
        // A shell sets these for itself.
        const ofShell = [
          "BASH_VERSION",
          "PWD",
          "OLDPWD",
          "SHLVL",
          "PS1",
          "PS2",
          "PS4",
          "OPTIND",
          "PPID",
          "_",
          "BASHOPTS",
          "SHELLOPTS",
        ];
        const { HOME, ...rest } = env;
        const { code, output } = await start("env", { ...rest, LC_ALL: "C.UTF-8" }).ended;
        assert.equal(code, 0, output);
        const seen = new Map(output.split("\n").map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]));
        for (const [name, value] of Object.entries(rest)) {
          assert.equal(ofShell.includes(name) || seen.get(name) === value, true, `${name}=${seen.get(name)}`);
        }
        assert.equal(seen.get("LC_ALL"), "C.UTF-8");
        assert.deepEqual(
          [...seen.keys()].filter((name) => name?.startsWith("oidc_")),
          [],
        );
        assert.equal(seen.get("OIDC_RUNNER_ACCESS_TOKEN_FILE"), join(host.private, "access-token"));
        assert.equal(seen.get("PULUMI_ACCESS_TOKEN"), readFileSync(join(host.private, "access-token"), "utf8").trim());
      });

      it("is not missed when there is none of its name", async () => {
        const { code, output } = await host.run(lab.fixture.cloud.url, ["no-such-program"]);
        assert.equal(code, 127, output);
        assert.match(output, /^oidc-runner: COMMAND_MISSING: this image has no 'no-such-program'\. Fix: use an image/m);
        const inShell = await host.run(lab.fixture.cloud.url, ["sh", "-c", "no-such-program"]);
        assert.equal(inShell.code, 127, inShell.output);
        assert.match(
          inShell.output,
          /^oidc-runner: COMMAND_MISSING: 'sh' ended with exit code 127: .*Fix: use an image/m,
        );
        const other = await host.run(lab.fixture.cloud.url, ["sh", "-c", "exit 126"]);
        assert.doesNotMatch(other.output, /COMMAND_MISSING/);
      });

      it("leaves nothing running behind it", async () => {
        const { code, output } = await start("echo $PPID").ended;
        assert.equal(code, 0, output);
        const entrypoint = output.trim().split("\n").at(-1);
        assert.match(entrypoint ?? "", /^\d+$/);
        // One that goes on fails by the test's limit.
        while (existsSync(`/proc/${entrypoint}`)) {
          await sleep(20);
        }
      });
    });
  }

  it("is not waited for when the exchange is ended by a signal", async () => {
    const host = new EntrypointHost(SHELLS[0], lab.trust, lab.fixture.authority.certificatePem);
    try {
      host.setToken(await lab.token());
      const run = host.start("https://127.0.0.1:1", ["sh", "-c", "echo the command ran"], {
        OIDC_RUNNER_RETRY_SECONDS: "20",
      });
      while (!run.output().includes("trying again")) {
        await sleep(20);
      }
      run.child.kill("SIGTERM");
      const { code, output } = await run.ended;
      assert.equal(code, 143, output);
      assert.doesNotMatch(output, /the command ran/);
      assert.ok(!existsSync(join(host.private, "request")));
    } finally {
      host.remove();
    }
  });

  it("hears a signal that comes before the entrypoint knows it", async () => {
    for (const shell of SHELLS.filter(EntrypointHost.isInstalled)) {
      const host = new EntrypointHost(shell, lab.trust, lab.fixture.authority.certificatePem);
      try {
        // As on a machine that is busy just then.
        const part = join(host.directory, "command.sh");
        const source = readFileSync(part, "utf8");
        assert.ok(source.includes("oidc_child=$!"));
        rmSync(part);
        writeFileSync(part, source.replace("oidc_child=$!", "sleep 0.5; oidc_child=$!"));
        host.setToken(await lab.token());
        const run = host.start(lab.fixture.cloud.url, [
          "sh",
          "-c",
          "trap 'echo told; exit 7' TERM; echo ready; for i in 1 2 3 4 5 6 7 8; do sleep 1; done",
        ]);
        await said(run, "ready");
        run.child.kill("SIGTERM");
        const { code, output } = await run.ended;
        assert.equal(code, 7, `${shell.name}: ${output}`);
        assert.match(output, /told/);
      } finally {
        host.remove();
      }
    }
  });

  it("gets TERM for INT and QUIT where sh starts commands deaf to them and no tool can change that", async () => {
    for (const shell of SHELLS.filter(EntrypointHost.isInstalled)) {
      // No env(1) here, as in Alpine, whose env has no such option.
      const host = new EntrypointHost(shell, lab.trust, lab.fixture.authority.certificatePem);
      try {
        host.setToken(await lab.token());
        const run = host.start(lab.fixture.cloud.url, ["sh", "-c", "echo ready; exec sleep 30"]);
        await said(run, "ready");
        run.child.kill("SIGQUIT");
        const { code, output } = await run.ended;
        // bash starts it with all signals as they were.
        assert.equal(code, shell.command[0] === "bash" ? 131 : 143, `${shell.name}: ${output}`);
      } finally {
        host.remove();
      }
    }
  });
});
