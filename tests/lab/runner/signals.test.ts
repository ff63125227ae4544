import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FailureLab } from "./failure-lab";
import { BASH, EntrypointHost, needsShell, SHELLS, type ShellRun } from "./shell-run";

/** Ends in order when it is told to end, after half a second, as `pulumi` does when it is cancelled. */
const inOrder = (name: string) => `
trap 'echo ${name} told; sleep 0.5; echo ${name} ended >>ended; echo ${name} ended; exit' TERM INT QUIT
echo ${name} ready; while :; do sleep 0.05; done`;

const TOOLS = { curl: true, more: ["env", "setsid", "bash"] };

describe("signals to the entrypoint of a script", () => {
  const lab = new FailureLab();

  before(() => lab.start());
  after(() => lab.fixture.stop());

  async function said(run: ShellRun, words: string): Promise<void> {
    while (!run.output().includes(`${words}\n`)) {
      assert.equal(run.child.exitCode ?? run.child.signalCode, null, run.output());
      await sleep(20);
    }
  }

  for (const shell of [...SHELLS, BASH]) {
    describe(`under ${shell.name}`, () => {
      before(function () {
        needsShell(this, shell);
      });

      const start = (host: EntrypointHost, script: string, first: "of namespace" | "of group" = "of namespace") =>
        host.start(
          lab.fixture.cloud.url,
          host.setScript(`cd '${host.directory}'\n${script}`),
          {},
          {
            first,
          },
        );

      for (const name of ["TERM", "INT", "QUIT"] as const) {
        it(`reach what the script runs, and the container ends after it: ${name} [A3]`, async () => {
          await lab.withHost(shell, TOOLS, async (host) => {
            // A shell that runs a program dies of TERM at once, and of INT and QUIT when the program has ended.
            const run = start(host, `sh -c "${inOrder("inner")}"\necho not reached`);
            await said(run, "inner ready");
            run.signal(`SIG${name}`);
            const { code, output } = await run.ended;
            // A shell may say which signal its `sleep` died of.
            assert.match(output, /inner told\n((Terminated|Quit)\n)?inner ended\n/);
            assert.doesNotMatch(output, /not reached/);
            if (name === "TERM") assert.equal(code, 143, output);
          });
        });
      }

      it("reach what has left the script's process group only when the group has ended [A3]", async () => {
        await lab.withHost(shell, TOOLS, async (host) => {
          const run = start(host, `setsid sh -c "${inOrder("plugin")}" &\nsh -c "${inOrder("inner")}"`);
          await Promise.all([said(run, "plugin ready"), said(run, "inner ready")]);
          run.signal("SIGTERM");
          const { output } = await run.ended;
          assert.match(output, /inner ended\n(Terminated\n)*plugin told\n(.*\n)*plugin ended\n/);
        });
      });

      it("leave a container as it is whose script handles them and goes on", async () => {
        await lab.withHost(shell, TOOLS, async (host) => {
          const run = start(
            host,
            "trap 'echo unmoved' TERM\necho ready\nwhile [ ! -e stop ]; do sleep 0.05 || :; done\nexit 6",
          );
          await said(run, "ready");
          run.signal("SIGTERM");
          await said(run, "unmoved");
          writeFileSync(join(host.directory, "stop"), "");
          assert.equal((await run.ended).code, 6);
        });
      });

      it("are waited for as well where the containers of a pod share their processes", async () => {
        await lab.withHost(shell, TOOLS, async (host) => {
          const run = start(host, `sh -c "${inOrder("inner")}"`, "of group");
          await said(run, "inner ready");
          run.child.kill("SIGTERM");
          await once(run.child, "exit");
          // The runtime kills what is left when the first process has ended.
          assert.ok(existsSync(join(host.directory, "ended")), run.output());
        });
      });
    });
  }
});

describe("the entrypoint's script", () => {
  const lab = new FailureLab();

  before(() => lab.start());
  after(() => lab.fixture.stop());

  for (const shell of SHELLS) {
    describe(`under ${shell.name}`, () => {
      before(function () {
        needsShell(this, shell);
      });

      async function run(script: string): Promise<{ code: number; output: string }> {
        const tools = { curl: true, more: ["env", "bash"] };
        const host = new EntrypointHost(shell, lab.trust, lab.fixture.authority.certificatePem, tools);
        try {
          host.setToken(await lab.token());
          return await host.run(lab.fixture.cloud.url, host.setScript(script));
        } finally {
          host.remove();
        }
      }

      it("is run by what its first line names, with its option", async () => {
        for (const first of ["#!/bin/bash", "#! /usr/bin/env bash", "#!/bin/bash -u "]) {
          const { code, output } = await run(`${first}\nset -o pipefail; a=(1 2); false; echo "\${a[1]} $-"; exit 9`);
          assert.equal(code, 9, output);
          assert.match(output, /^2 \w+$/m);
          assert.equal(/^2 \w*u/m.test(output), first.includes("-u"), output);
        }
      });

      it("is sh that ends at the first command that fails, where it names nothing", async () => {
        const { code, output } = await run("echo begun\nfalse || echo excused\n(exit 4)\necho not reached\n");
        assert.equal(code, 4, output);
        assert.match(output, /begun\nexcused\n$/);
        assert.equal((await run("# no comment ends with 3\nexit 3")).code, 3);
      });

      it("is not run by another program than the one it names", async () => {
        const missing = await run("#!/opt/none/python4 -u\necho run\n");
        assert.equal(missing.code, 127, missing.output);
        assert.match(
          missing.output,
          /INTERPRETER_MISSING: this image has no '\/opt\/none\/python4'.* Fix: use an image/,
        );
        assert.doesNotMatch(missing.output, /COMMAND_MISSING/);
        const inScript = await run("no-such-program\n");
        assert.equal(inScript.code, 127, inScript.output);
        assert.match(inScript.output, /COMMAND_MISSING: the script ended with exit code 127: .*Fix: use an image/);
        const denied = await run("#!/etc/passwd\necho run\n");
        assert.ok([126, 127].includes(denied.code), denied.output);
        assert.doesNotMatch(missing.output + denied.output, /^run$/m);
      });
    });
  }
});
