import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { packageRoot } from "../tools/toolchain/package-root";
import { breakages } from "./helpers/break-evaluator";

/** What must notice: the evaluator's own tests with the documents' tables, the proof, and the lab's exchange. */
const SPECS = [
  "tests/trust/{claims,pattern,policy}/*.test.ts",
  "tests/trust/parties/pulumi/*.test.ts",
  "tests/lab/pulumi-cloud/exchange-policy.test.ts",
];
const WITNESSES = [
  "tests/trust/parties/pulumi/evaluate.test.ts",
  "tests/trust/parties/pulumi/vectors.test.ts",
  "tests/lab/pulumi-cloud/exchange-policy.test.ts",
];

interface Report {
  stats: { passes: number; failures: number };
  failures: { file: string; fullTitle: string }[];
}

describe("the evaluator broken on purpose", function () {
  // Against hangs only.
  this.timeout(400_000);
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "broken-evaluator-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  /** Runs the tests in a process of their own, with the evaluator broken in one way or, given none, whole. */
  async function run(breakage = ""): Promise<Report> {
    const output = join(directory, `${breakage || "whole"}.json`);
    const args = [
      ...["--require", join(packageRoot(), "tools", "pulumi-cli", "die-with-parent.cjs")],
      join(packageRoot(), "node_modules", "mocha", "bin", "mocha.js"),
      ...["--no-config", "--require", "ts-node/register", "--require", "./tests/helpers/break-evaluator.ts"],
      ...["--timeout", "60000", "--reporter", "json", "--reporter-option", `output=${output}`],
      ...SPECS,
    ];
    const { OIDC_RUNNER_FULL: _, OIDC_RUNNER_TEST_REPORT: __, ...inherited } = process.env;
    const env = { ...inherited, TS_NODE_TRANSPILE_ONLY: "true", OIDC_RUNNER_BREAK: breakage };
    const text = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { cwd: packageRoot(), env, maxBuffer: 1 << 26 }, (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
    assert.ok(existsSync(output), `mocha did not come to its end:\n${text.slice(-2000)}`);
    return JSON.parse(readFileSync(output, "utf8")) as Report;
  }

  it("fails no test while it is whole", async () => {
    const { stats, failures } = await run();
    assert.deepEqual(failures, []);
    assert.ok(stats.passes > 100, `only ${stats.passes} tests ran`);
  });

  for (const breakage of Object.keys(breakages)) {
    it(`fails tests of each kind with ${breakage}`, async () => {
      const { stats, failures } = await run(breakage);
      const files = new Set(failures.map(({ file }) => relative(packageRoot(), file)));
      for (const witness of WITNESSES) {
        assert.ok(files.has(witness), `${witness} noticed nothing; ${[...files].join(", ") || "no file"} did`);
      }
      assert.ok(stats.passes > 50, "so much fails that something else is broken");
    });
  }
});
