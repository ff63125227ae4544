import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { childCpu } from "../../../bench/up/child-cpu";
import { skip } from "../../skip";

describe("bench/up/child-cpu", () => {
  it("reads fields 16 and 17, whatever the process is called", () => {
    const after = Array.from({ length: 49 }, (_, index) => String(index + 4)).join(" ");
    assert.equal(childCpu(`7 (a) b (c) S ${after}`), (16 + 17) * 10);
  });

  it("counts what a child did, its own children included", function () {
    if (process.platform !== "linux") {
      skip(this, "there is no /proc");
    }
    const before = childCpu();
    const busy = "let n = 0; const end = process.cpuUsage().user + 2e5; while (process.cpuUsage().user < end) n++;";
    const nested = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`;
    assert.equal(spawnSync(process.execPath, ["-e", nested]).status, 0);
    assert.ok(childCpu() > before);
  });
});
