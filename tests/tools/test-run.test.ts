import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../tools/toolchain/package-root";

describe("tools/test", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "test-run-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** Runs one test file as `npm test` does, and returns all it prints. */
  async function runFile(source: string, limit = 120_000, pattern?: string): Promise<string> {
    const file = join(directory, "x.test.js");
    await writeFile(file, source);
    const url = (name: string) => pathToFileURL(join(packageRoot(), "tools", "test", name)).href;
    const script = `
      import { Tally } from "${url("tally.mjs")}";
      import { runMocha } from "${url("mocha.mjs")}";
      const tally = new Tally();
      await runMocha(${JSON.stringify(packageRoot())}, "some tests", [${JSON.stringify(file)}], {}, ${limit}, tally, ${JSON.stringify(pattern)});
      console.log(tally.summary());`;
    const ran = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    return ran.stderr + ran.stdout;
  }

  it("counts what passed, failed and was skipped, each skip with its reason", async () => {
    const output = await runFile(`
      const { skip } = require(${JSON.stringify(join(packageRoot(), "dist", "tests", "skip"))});
      it("good", () => {});
      it("bad", () => { throw new Error("broken on purpose"); });
      it("not here", function () { skip(this, "no moon"); });
      it.skip("never", () => {});
      describe("suite", () => {
        before(function () { skip(this, "no sun"); });
        it("one", () => {});
      });`);
    assert.match(output, /broken on purpose/);
    assert.match(output, / {2}not here: no moon\n {2}never: marked as skipped in its source\n {2}suite: one: no sun\n/);
    assert.match(output, /\nFailed\n {2}bad\n {4}broken on purpose\n\n1 passed, 1 failed, 3 skipped\n$/);
  });

  it("repeats why a test failed at the end, in the begin and the end of a long reason without empty lines", async () => {
    const output = await runFile(`
      it("long", () => { throw new Error(Array.from({ length: 50 }, (_, line) => "line " + line).join("\\n\\n")); });
      it("odd", () => { throw "a text"; });`);
    const lines = output.slice(output.indexOf("\nFailed\n")).split("\n");
    assert.deepEqual(lines.slice(2, 9), ["  long", ...[0, 1, 2, 3, 4].map((line) => `    line ${line}`), "    […]"]);
    assert.deepEqual(lines.slice(9, 22), [
      ...Array.from({ length: 12 }, (_, line) => `    line ${line + 38}`),
      "  odd",
    ]);
    assert.match(lines[22] ?? "", /^ {4}.*a text/);
  });

  it("ends with the two counts alone when nothing was skipped", async () => {
    assert.match(await runFile(`it("good", () => {});`), /\n\n1 passed, 0 failed\n$/);
  });

  it("runs only the tests with a pattern in their titles, of which a stage may have none", async () => {
    const source = `describe("long", () => { it("one", () => {}); }); it("two", () => { throw new Error("run"); });`;
    assert.match(await runFile(source, 120_000, "long one"), /\n1 passed, 0 failed\n$/);
    assert.match(await runFile(source, 120_000, "long three"), /\n0 passed, 0 failed\n$/);
  });

  it("looks only into files that may have such a test", async () => {
    const { filesWith } = (await import(pathToFileURL(join(packageRoot(), "tools", "test", "mocha.mjs")).href)) as {
      filesWith<T>(files: T, pattern: string): T;
    };
    const [one, two] = [join(directory, "one.test.ts"), join(directory, "two.test.ts")];
    await writeFile(one, `it("alpha", () => {});`);
    await writeFile(two, `it("beta", () => {});`);
    const files = { unit: [one], engine: [two] };
    assert.deepEqual(filesWith(files, "alp.a"), { unit: [one], engine: [] });
    assert.deepEqual(filesWith(files, "alphabeta"), files);
  });

  const broken: [string, string, RegExp][] = [
    ["ends in the middle, even with code 0", `it("x", () => process.exit(0));`, /mocha ended with code 0 before/],
    ["cannot be loaded", `throw new Error("no module");`, /mocha ended with code [1-9]\d* before its tests did/],
    ["has no test", "", /FAILED: no test was found/],
    ["fails in a hook", `before(() => { throw new Error("x"); }); it("y", () => {});`, /FAILED: /],
  ];
  for (const [what, source, message] of broken) {
    it(`counts a run that ${what} as a failure`, async () => {
      const output = await runFile(source);
      assert.match(output, message);
      assert.match(output, /\n0 passed, 1 failed\n$/);
    });
  }

  it("counts a run that leaves something running as a failure", async () => {
    // A limit that ends before the test has run shows nothing: a busy machine gets a longer one.
    let output = "";
    for (let limit = 6000; !output.includes("1 passed") && limit < 100_000; limit *= 3) {
      output = await runFile(`it("x", () => { setInterval(() => {}, 1000); });`, limit);
    }
    assert.match(output, /did not end within .* minutes: something is left running/);
    assert.match(output, /\n1 passed, 1 failed\n$/);
  });
});
