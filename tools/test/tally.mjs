/** The last line of a run. */
const CLOSING = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

/** Counts of a whole test run: each gate is one check, each test another. */
export class Tally {
  passed = 0;
  failed = 0;
  /** What failed: titles of tests, each with lines of why, and what else was wrong. @type {string[]} */
  failures = [];
  /** @type {{ title: string, reason: string }[]} */
  skipped = [];
  /** How many were skipped in a run whose closing lines were shown before. */
  skippedBefore = 0;
  /** @type {{ name: string, seconds: number }[]} */
  stages = [];

  /** @param {(text: string) => void} write where everything goes that is said, lines with their ends */
  constructor(write = (text) => process.stdout.write(text)) {
    this.write = write;
  }

  say(line) {
    this.write(`${line}\n`);
  }

  /** Runs one stage, with its name before and its time kept. A stage that throws is a failure, not the end. */
  async stage(name, work) {
    this.say(`\n== ${name}`);
    const begin = Date.now();
    try {
      await work();
    } catch (error) {
      this.fail(error.coded || error.code ? error.message : String(error.stack ?? error));
    }
    this.stages.push({ name, seconds: (Date.now() - begin) / 1000 });
  }

  fail(why) {
    this.failed++;
    this.failures.push(why.split("\n")[0]);
    this.say(`FAILED: ${why}`);
  }

  skip(title, reason) {
    this.skipped.push({ title, reason });
    this.say(`skipped: ${reason}`);
  }

  /** Adds the last line of another run: what {@link summary} ends with. A run without one did not come to its end. */
  addClosing(output, command) {
    const last = output
      .split("\n")
      .map((line) => CLOSING.exec(line))
      .findLast((line) => line !== null);
    if (last === undefined) {
      this.fail(`${command} did not come to its end`);
      return;
    }
    const [passed, failed, skipped] = last.slice(1).map((count) => Number(count ?? 0));
    this.passed += passed;
    this.failed += failed;
    this.skippedBefore += skipped;
    const list = /\nFailed\n((?: {2}.*\n)+)/.exec(output)?.[1] ?? "";
    this.failures.push(...list.split("\n").flatMap((line) => (line === "" ? [] : [line.slice(2)])));
  }

  /** Adds the counts of stages that ran beside these. */
  add(other) {
    this.passed += other.passed;
    this.failed += other.failed;
    this.failures.push(...other.failures);
    this.skipped.push(...other.skipped);
    this.stages.push(...other.stages);
  }

  /** The closing lines; the very last is `N passed, N failed[, N skipped]`. */
  summary() {
    const times = this.stages.map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(7)} s  ${name}`);
    const reasons = this.skipped.map(({ title, reason }) => `  ${title}: ${reason}`);
    const counts = `${this.passed} passed, ${this.failed} failed`;
    const skipped = reasons.length + this.skippedBefore;
    return [
      "\nTimes",
      ...times,
      ...(reasons.length > 0 ? ["\nSkipped", ...reasons] : []),
      // Last: where the output is cut, its end is what is left.
      ...(this.failures.length > 0
        ? ["\nFailed", ...this.failures.map((what) => `  ${what.replaceAll("\n", "\n  ")}`)]
        : []),
      "",
      skipped > 0 ? `${counts}, ${skipped} skipped` : counts,
    ].join("\n");
  }
}
