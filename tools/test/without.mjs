import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { mochaRun, testFiles } from "./mocha.mjs";
import { filesReading } from "./reading.mjs";

/** Programs that widen what is tested where they are installed, and what the tests that need them have in their titles. */
export const TOOLS = { busybox: "busybox sh", shellcheck: "shellcheck" };
/** Longest time, milliseconds. */
const LIMIT = 5 * 60_000;

/** A PATH on which everything is found but one program, by links in a directory. */
export function pathWithout(program, path, directory) {
  return path
    .split(delimiter)
    .map((place, index) => {
      if (!existsSync(join(place, program))) return place;
      const links = join(directory, String(index));
      mkdirSync(links);
      for (const name of readdirSync(place)) if (name !== program) symlinkSync(join(place, name), join(links, name));
      return links;
    })
    .join(delimiter);
}

/**
 * Runs the tests that name a program on a PATH without it: each must be skipped with a reason that names it. Where it is not
 * installed the ordinary run has done so, and with it nothing can be run.
 */
export async function runWithout(root, program, env, tally, { path = process.env.PATH, mocha = mochaRun } = {}) {
  const name = `tests with ${program}`;
  await tally.stage(`${name}, without it`, async () => {
    if (!path.split(delimiter).some((place) => existsSync(join(place, program)))) {
      tally.skip(name, `${program} is not installed`);
      return;
    }
    const { unit, lab } = testFiles(root);
    const files = filesReading(root, [...unit, ...lab], new RegExp(`"${program}"`));
    const directory = mkdtempSync(join(tmpdir(), "oidc-runner-without-"));
    const hidden = { ...env, PATH: pathWithout(program, path, directory) };
    const { counts, output } = await mocha(root, files, hidden, LIMIT, tally.write, TOOLS[program]);
    rmSync(directory, { recursive: true });
    const { passed = 0, failed = 1, skipped = [] } = counts ?? {};
    const other = skipped.filter(({ reason }) => !reason.includes(program));
    if (passed > 0 || failed > 0 || other.length > 0 || skipped.length === 0) {
      for (const { title, reason } of other) tally.say(`  ${title}: ${reason}`);
      tally.fail(`not every one of the ${name} is skipped with the reason where it is missing`);
      if (counts === undefined) tally.say(output.trim());
      return;
    }
    tally.say(`  ${skipped.length} are skipped with the reason`);
    tally.passed++;
  });
}
