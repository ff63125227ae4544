import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";

const MODULE = join(packageRoot(), "dist", "plugin", "construct", "failures.js");

/** Two constructions at once: in the first an Output is rejected that nobody waits for. In a process of its own, whose failures are watched. */
const PROGRAM = `
const { watchFailures, withFailures } = require(${JSON.stringify(MODULE)});
watchFailures();
const turn = () => new Promise((resolve) => setImmediate(resolve));
let release;
const released = new Promise((resolve) => { release = resolve; });
const bad = withFailures(async () => {
  void (async () => { await turn(); throw new Error("refused"); })();
  await released;
});
const good = withFailures(async () => { await released; return "made"; });
bad.catch(() => release());
Promise.allSettled([bad, good]).then((ends) => console.log(JSON.stringify(ends.map(({ reason, value }) => reason?.message ?? value))));
`;

describe("plugin/construct/failures", () => {
  it("fail the construction that they belong to, and no other", () => {
    const output = execFileSync(process.execPath, ["-e", PROGRAM], { encoding: "utf8", timeout: 60_000 });
    assert.deepEqual(JSON.parse(output), ["refused", "made"]);
  });
});
