import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
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
    const directory = mkdtempSync(join(tmpdir(), "oidc-runner-test-"));
    const report = join(directory, "report.json");
    const { require: loaders, timeout } = createRequire(import.meta.url)(join(root, ".mocharc.cjs"));
    const args = [
      // A mocha whose starter is killed must not run on.
      ...["--require", join(root, "tools", "pulumi-cli", "die-with-parent.cjs")],
      join(root, "node_modules", "mocha", "bin", "mocha.js"),
      ...["--no-config", "--reporter", join(root, "tools", "mocha-reporter.cjs"), "--timeout", String(timeout)],
      ...loaders.flatMap((loader) => ["--require", loader]),
      ...(pattern === undefined ? [] : ["--grep", pattern]),
      ...files.map((file) => relative(root, file)),
    ];
    const result = await run(process.execPath, args, {
      cwd: root,
      onOutput: (text) => tally.write(text),
      timeout: limit,
      env: { ...process.env, ...env, TS_NODE_TRANSPILE_ONLY: "true", OIDC_RUNNER_TEST_REPORT: report },
    });
    const counts = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
    rmSync(directory, { recursive: true });
    if (counts !== undefined) {
      found = counts.passed + counts.failed + counts.skipped.length;
      tally.passed += counts.passed;
      tally.failed += counts.failed;
      tally.skipped.push(...counts.skipped);
      tally.say(`  ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
    }
    if (result.timedOut) tally.fail(`${name} did not end within ${limit / 60_000} minutes: something is left running`);
    else if (counts === undefined) tally.fail(`mocha ended with code ${result.code} before its tests did`);
    else if (result.code !== 0 && counts.failed === 0) tally.fail(`mocha ended with code ${result.code}`);
    else if (found === 0 && pattern === undefined) tally.fail("no test was found");
  });
  return found;
}

function filesBelow(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
