import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";

describe("oidc-runner lab down", () => {
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-down-"));
  after(() => rmSync(directory, { recursive: true }));

  const lab = (command: string) => {
    const args = [join(packageRoot(), "dist", "cli", "main.js"), "lab", command, "--directory", join(directory, "lab")];
    return spawnSync(process.execPath, args, { encoding: "utf8" });
  };

  it("is content where there is no lab, as the end of a script is to be", () => {
    const { status, stdout, stderr } = lab("down");
    assert.deepEqual([status, stdout, stderr], [0, `No lab is running in ${join(directory, "lab")}.\n`, ""]);
  });

  it("has status say so, with an exit code of its own", () => {
    const { status, stdout } = lab("status");
    assert.equal(status, 1);
    assert.match(stdout, /^No lab is running in .* Start one with: oidc-runner lab up\n$/);
  });
});
