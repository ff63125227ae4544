// Prints what mocha does as readable lines, and writes the counts to the file OIDC_RUNNER_TEST_REPORT for tools/test.mjs:
// {passed, failed, skipped: [{title, reason}], failures: [title and reason]}. Without that file test.mjs knows that mocha did not come to its end.
"use strict";
const { writeFileSync } = require("node:fs");
const { relative } = require("node:path");
const Mocha = require("mocha");

const { constants } = Mocha.Runner;
/** A test slower than this shows its time, milliseconds. */
const SLOW_MS = 1000;
/** Of a longer reason, this many lines of its begin and of its end are repeated in the closing lines. */
const BEGIN_LINES = 5;
const END_LINES = 12;

module.exports = class Reporter {
  constructor(runner) {
    const result = { passed: 0, failed: 0, skipped: [], failures: [] };
    const failures = [];
    let file;
    runner.on(constants.EVENT_SUITE_BEGIN, (suite) => {
      if (!suite.file || suite.file === file) {
        return;
      }
      file = suite.file;
      // Named by its source.
      console.log(`  ${relative(process.cwd(), file).replace(/^dist\/(.*)\.js$/, "$1.ts")}`);
    });
    runner.on(constants.EVENT_TEST_PASS, (test) => {
      result.passed++;
      if (test.duration >= SLOW_MS) {
        console.log(`    ${title(test)} (${(test.duration / 1000).toFixed(1)} s)`);
      }
    });
    runner.on(constants.EVENT_TEST_PENDING, (test) => {
      result.skipped.push({ title: title(test), reason: reasonOf(test) });
    });
    runner.on(constants.EVENT_TEST_FAIL, (test, error) => {
      result.failed++;
      result.failures.push([title(test), ...shortened(error)].join("\n  "));
      failures.push(test);
      test.err = error;
      console.log(`    FAILED: ${title(test)}`);
    });
    runner.once(constants.EVENT_RUN_END, () => {
      // Base.list prints each failure with its difference and stack.
      if (failures.length > 0) {
        Mocha.reporters.Base.list(failures);
      }
      const report = process.env.OIDC_RUNNER_TEST_REPORT;
      if (report) {
        writeFileSync(report, JSON.stringify(result));
      }
    });
  }
};

function title(test) {
  return test.titlePath().join(": ");
}

/** Lines of why a test failed, without empty ones. */
function shortened(error) {
  const lines = String(error?.message ?? error)
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length <= BEGIN_LINES + END_LINES) return lines;
  return [...lines.slice(0, BEGIN_LINES), "[…]", ...lines.slice(-END_LINES)];
}

/** What tests/skip.ts noted, on the test itself or on a suite whose hook skipped it. */
function reasonOf(test) {
  for (let place = test; place; place = place.parent) {
    if (place.skipReason) {
      return place.skipReason;
    }
  }
  return "marked as skipped in its source";
}
