import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveEscEvaluator } from "../../../../tools/toolchain/esc-evaluator";
import { packageRoot } from "../../../../tools/toolchain/package-root";
import { CLOSED_ADDRESS, pinsAt, recorder, sandbox } from "../fixtures";

/** Stands for Go: knows all modules and "builds" a script. */
const GO = `case "$*" in
  env*) printf 'go1.99.0\\nlinux\\namd64\\nlocal\\n' ;;
  list*) echo a ;;
  build*) echo build >> "$HOME/built"; while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2" ;;
esac`;

describe("toolchain/esc-evaluator", () => {
  let box: Awaited<ReturnType<typeof sandbox>>;
  beforeEach(async () => {
    box = await sandbox();
  });
  afterEach(() => box.remove());
  const resolve = (report = recorder()) =>
    resolveEscEvaluator(report, {
      env: { ...box.env, PATH: `${box.bin}:/usr/bin:/bin` },
      platform: "linux",
      arch: "x64",
      pins: pinsAt(CLOSED_ADDRESS),
    });

  it("is built once", async () => {
    await box.executable("bin/go", GO);
    const report = recorder();
    const found = await resolve(report);
    assert.match(report.steps.join("\n"), /Building evaluator of Pulumi ESC .* \(about half a minute/);
    assert.deepEqual(await resolve(), found);
    assert.equal(await readFile(join(box.root, "built"), "utf8"), "build\n");
  });

  it("is missing, with the reason, where Go does not work or the build fails", async () => {
    await box.executable("bin/go", "exit 1");
    const report = recorder();
    const found = await resolve(report);
    assert.ok("missing" in found);
    assert.match(found.missing, /cannot be built: \S+\/go does not work/);
    assert.match(report.notes.join("\n"), /the lab opens no ESC environments: evaluator of Pulumi ESC/);
    await box.executable("bin/go", GO.replace("build*) ", "build*) exit 1;"));
    assert.deepEqual(await resolve(), { missing: "go build of evaluator of Pulumi ESC 3.259.0 failed" });
  });

  it("is of the version of the CLI", async () => {
    const modules = await Promise.all(
      ["esc-evaluator", "pulumi-cli"].map((name) => readFile(join(packageRoot(), "tools", name, "go.mod"), "utf8")),
    );
    const [evaluator, cli] = modules.map((text) => /github\.com\/pulumi\/pulumi\/sdk\/v3 (\S+)/.exec(text)?.[1]);
    assert.ok(cli !== undefined);
    assert.equal(evaluator, cli);
  });
});
