import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../tools/toolchain/package-root";
import { breakages } from "./helpers/break-evaluator";

/** What must notice: the evaluator's own tests, the documents' tables, and the lab's exchange. */
const WITNESSES = ["trust/parties/pulumi/evaluate", "trust/parties/pulumi/vectors", "lab/pulumi-cloud/exchange-policy"];
const compiled = (name: string) => join(packageRoot(), "dist", "tests", name);

interface Report {
  stats: { passes: number; failures: number };
  failures: { file: string; fullTitle: string }[];
}

describe("the evaluator broken on purpose", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "broken-evaluator-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  /** Runs the tests in a process of their own, with the evaluator broken in one way. */
  async function run(breakage: string): Promise<Report> {
    const output = join(directory, `${breakage}.json`);
    const args = [
      ...["--require", join(packageRoot(), "tools", "pulumi-cli", "die-with-parent.cjs")],
      join(packageRoot(), "node_modules", "mocha", "bin", "mocha.js"),
      ...["--no-config", "--require", compiled("helpers/break-evaluator.js")],
      ...["--timeout", "60000", "--reporter", "json", "--reporter-option", `output=${output}`],
      ...WITNESSES.map((name) => compiled(`${name}.test.js`)),
    ];
    const { OIDC_RUNNER_FULL: _, OIDC_RUNNER_TEST_REPORT: __, ...inherited } = process.env;
    const env = { ...inherited, OIDC_RUNNER_BREAK: breakage };
    const text = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { cwd: packageRoot(), env, maxBuffer: 1 << 26 }, (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
    assert.ok(existsSync(output), `mocha did not come to its end:\n${text.slice(-2000)}`);
    return JSON.parse(readFileSync(output, "utf8")) as Report;
  }

  for (const breakage of Object.keys(breakages)) {
    it(`fails tests of each kind with ${breakage}`, async () => {
      const { stats, failures } = await run(breakage);
      const files = new Set(failures.map(({ file }) => file));
      for (const witness of WITNESSES) {
        assert.ok(files.has(compiled(`${witness}.test.js`)), `${witness} noticed nothing`);
      }
      assert.ok(stats.passes > 50, "so much fails that something else is broken");
    });
  }
});
