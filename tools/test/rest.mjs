import { relative } from "node:path";
import { isFullOnly } from "./lanes.mjs";
import { addMocha, mochaRun, testFiles } from "./mocha.mjs";
import { filesReading } from "./reading.mjs";
import { Tally } from "./tally.mjs";

/** Longest time of one file, milliseconds. */
const FILE_LIMIT = 30 * 60_000;
/** What makes a test run longer or wider. A file that only drops the variable (`OIDC_RUNNER_FULL: _`) is left out. */
const READS_FULL = /\bOIDC_RUNNER_FULL\b(?!:)/;
/** Files that take minutes, the longest last, so that what is cheap is reached first; long-job sleeps for eleven. */
const SLOW = [
  "gathering",
  "faults/",
  "interleavings",
  "processes/",
  "options.test",
  "work.test",
  "renames",
  "package-managers",
  "node-versions",
  "kills",
  "long-job",
];

/**
 * What a full run does besides an ordinary one, in two lanes, the quick ones first: the files that ask whether it is one, and
 * those that only a full run has.
 */
export function lanesOfRest(root) {
  const { unit, lab, engine } = testFiles(root);
  const cost = (file) => SLOW.findIndex((name) => file.includes(name));
  const longer = (files) => {
    const reading = filesReading(root, files, READS_FULL);
    const chosen = files.filter((file) => reading.includes(file) || isFullOnly(root, file));
    return chosen.sort((one, other) => cost(one) - cost(other));
  };
  return [longer([...unit, ...lab]), longer(engine)];
}

/**
 * Runs test files as a full run does, each by itself, the lanes beside each other, until a time. What was not reached by
 * then, or not finished, is counted as skipped.
 *
 * @param {number} until milliseconds since 1970
 */
export async function runRest(root, lanes, env, until, tally, { now = Date.now, mocha = mochaRun } = {}) {
  await Promise.all(
    lanes.map(async (files) => {
      for (const file of files) await runFile(file);
    }),
  );

  async function runFile(file) {
    const name = relative(root, file);
    const left = until - now();
    if (left <= 0) {
      tally.skipped.push({ title: name, reason: "not reached in the time there was" });
      return;
    }
    // Two files run at the same time: each is shown as a whole.
    let shown = "";
    const own = new Tally((text) => {
      shown += text;
    });
    await own.stage(`${name} in full`, async () => {
      const limit = Math.min(left, FILE_LIMIT);
      const result = await mocha(root, [file], { ...env, OIDC_RUNNER_FULL: "1" }, limit, own.write);
      if (result.timedOut && result.counts === undefined && limit < FILE_LIMIT) {
        // Its counts are lost, not the failures that it had shown by then.
        for (const [, title] of result.output.matchAll(/^ {4}FAILED: (.*)$/gm)) own.fail(title);
        own.skip(name, "not finished in the time there was");
      } else addMocha(own, name, result, limit, false);
    });
    tally.write(shown);
    tally.add(own);
  }
}
