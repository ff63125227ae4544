import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { filesBelow } from "../bootstrap/build.mjs";
import { run } from "../bootstrap/run.mjs";

/** Test files in stages: what needs nothing first, what needs the real engine last. */
export function testFiles(root) {
  const all = filesBelow(join(root, "tests")).filter((file) => file.endsWith(".test.ts"));
  const in_ = (directory) => all.filter((file) => relative(root, file).startsWith(join("tests", directory)));
  const [lab, engine] = [in_("lab"), in_("engine")];
  return { unit: all.filter((file) => !lab.includes(file) && !engine.includes(file)), lab, engine };
}

/**
 * The files that may have a test with a pattern in its title: those that hold it in their text; where none does, because a
 * title is put together, all of them.
 */
export function filesWith(files, pattern) {
  const found = Object.fromEntries(
    Object.entries(files).map(([stage, list]) => [
      stage,
      list.filter((file) => new RegExp(pattern).test(readFileSync(file, "utf8"))),
    ]),
  );
  return Object.values(found).flat().length === 0 ? files : found;
}

/**
 * Runs mocha on what some test files are compiled to.
 *
 * @param {number} limit longest time, milliseconds
 * @param {(text: string) => void} write takes what it prints
 * @param {string} [pattern] runs only tests with it in their titles
 * @returns {Promise<{ counts?: { passed: number, failed: number, skipped: { title: string, reason: string }[],
 *   failures: string[] }, code: number, timedOut: boolean, output: string }>} without counts if it did not come to its end
 */
export async function mochaRun(root, files, env, limit, write, pattern) {
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-test-"));
  const report = join(directory, "report.json");
  const { timeout } = createRequire(import.meta.url)(join(root, ".mocharc.cjs"));
  const args = [
    "--enable-source-maps",
    // A mocha whose starter is killed must not run on.
    ...["--require", join(root, "tools", "pulumi-cli", "die-with-parent.cjs")],
    join(root, "node_modules", "mocha", "bin", "mocha.js"),
    ...["--no-config", "--reporter", join(root, "tools", "mocha-reporter.cjs"), "--timeout", String(timeout)],
    ...(pattern === undefined ? [] : ["--grep", pattern]),
    ...files.map((file) => compiled(root, file)),
  ];
  const result = await run(process.execPath, args, {
    cwd: root,
    onOutput: write,
    timeout: limit,
    env: { ...process.env, ...env, OIDC_RUNNER_TEST_REPORT: report },
  });
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
  rmSync(directory, { recursive: true });
  return { ...result, counts };
}

/**
 * Runs mocha on some files and adds its counts. A run that crashes, hangs or has no test at all is a failure.
 *
 * @param {number} limit longest time, milliseconds
 * @param {string} [pattern] runs only tests with it in their titles, of which there may be none here
 * @returns {Promise<number>} how many tests there were
 */
export async function runMocha(root, name, files, env, limit, tally, pattern) {
  if (files.length === 0) return 0;
  let found = 0;
  await tally.stage(name, async () => {
    const result = await mochaRun(root, files, env, limit, (text) => tally.write(text), pattern);
    found = addMocha(tally, name, result, limit, pattern !== undefined);
  });
  return found;
}

/** Adds the counts of a run of mocha, and what was wrong with it. Returns how many tests there were. */
export function addMocha(tally, name, { counts, code, timedOut }, limit, mayBeEmpty) {
  let found = 0;
  if (counts !== undefined) {
    found = counts.passed + counts.failed + counts.skipped.length;
    tally.passed += counts.passed;
    tally.failed += counts.failed;
    tally.failures.push(...counts.failures);
    tally.skipped.push(...counts.skipped);
    tally.say(`  ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
  }
  if (timedOut) tally.fail(`${name} did not end within ${limit / 60_000} minutes: something is left running`);
  else if (counts === undefined) tally.fail(`mocha ended with code ${code} before its tests did`);
  else if (code !== 0 && counts.failed === 0) tally.fail(`mocha ended with code ${code}`);
  else if (found === 0 && !mayBeEmpty) tally.fail("no test was found");
  return found;
}

/** What mocha runs for a test file, relative to the clone. */
function compiled(root, file) {
  const path = relative(root, file);
  return path.endsWith(".ts") ? join("dist", path.replace(/\.ts$/, ".js")) : path;
}
