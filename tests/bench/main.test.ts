import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

describe("npm run bench", () => {
  it("knows its benchmarks, and says them to who asks for another", () => {
    const { status, stderr } = spawnSync(process.execPath, [join(packageRoot(), "dist", "bench", "main.js"), "none"], {
      encoding: "utf8",
    });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^OPTION_INVALID: there is no benchmark none; there are trust\//);
  });
});
