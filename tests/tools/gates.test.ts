import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../tools/toolchain/package-root";

describe("tools/test/gates", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "gates-"));
    mkdirSync(join(directory, "bin"));
    writeFileSync(join(directory, "a.sh"), "echo a\n");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** What the gate for shell scripts says with nothing else on PATH. */
  function shellGate(): string {
    const url = (name: string) => JSON.stringify(pathToFileURL(join(packageRoot(), "tools", "test", name)).href);
    const script = `
      import { Tally } from ${url("tally.mjs")};
      import { shellGate } from ${url("gates.mjs")};
      const tally = new Tally();
      await shellGate(${JSON.stringify(directory)}, tally);
      console.log(tally.summary());`;
    const env = { PATH: join(directory, "bin") };
    return spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", env }).stdout;
  }
  const install = (script: string) =>
    writeFileSync(join(directory, "bin", "shellcheck"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  it("asks the shell scripts' linter where it is installed", () => {
    install(`[ "$1" = --version ] || [ "$1" = ${join(directory, "a.sh")} ]`);
    assert.match(shellGate(), /\n1 passed, 0 failed\n$/);
    install(`[ "$1" = --version ] || { echo "warning in $1"; exit 1; }`);
    assert.match(shellGate(), /warning in .*a\.sh[\s\S]*\n0 passed, 1 failed\n$/);
  });

  it("skips them with the reason where it is not", () => {
    assert.match(shellGate(), /: shellcheck is not installed\n\n0 passed, 0 failed, 1 skipped\n$/);
  });
});
