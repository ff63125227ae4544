// npm run defects [-- NUMBER …]: shows that each mended defect has a test that would find it again. tests/defects/A10.patch
// undoes the fix of A10; with it, in a copy of the sources, a test with [A10] in its title must fail, and without it all of
// them must pass. A number of tests/defects/numbers.json without a patch or a test fails too.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { run } from "./bootstrap/run.mjs";
import { ensureBuilt, ensureInstalled, main, root } from "./bootstrap.mjs";
import { testFiles } from "./test/mocha.mjs";

/** Longest time of one run of tests, milliseconds. */
const LIMIT = 15 * 60_000;

const defects = join(root, "tests", "defects");
const known = JSON.parse(readFileSync(join(defects, "numbers.json"), "utf8"));

await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const asked = process.argv.slice(2);
  const numbers = asked.length > 0 ? asked : known;
  const copy = mkdtempSync(join(tmpdir(), "oidc-runner-defects-"));
  process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
  await copySources(copy);
  await buildIn(copy);
  let failed = 0;
  for (const number of numbers) {
    const wrong = await check(number, copy);
    console.log(wrong === undefined ? `found again   ${number}` : `NOT PROVEN    ${number}: ${wrong}`);
    failed += wrong === undefined ? 0 : 1;
  }
  console.log(`\n${numbers.length - failed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
});

/** What is wrong with a number, if anything. */
async function check(number, copy) {
  const patch = join(defects, `${number}.patch`);
  if (!existsSync(patch)) return "there is no patch that undoes its fix";
  const { unit, lab, engine } = testFiles(root);
  const named = (files) => files.filter((file) => readFileSync(file, "utf8").includes(`[${number}]`));
  // The quick ones suffice, where there are some.
  const files = [[...unit, ...lab], engine].map(named).find((some) => some.length > 0) ?? [];
  if (files.length === 0) return "no test has it in its title";
  const before = await test(number, files, copy);
  if (before.failures > 0 || before.passes === 0) return `its tests fail with the fix in place: ${before.said}`;
  const apply = (...flags) => run("git", ["apply", ...flags, patch], { cwd: copy });
  const applied = await apply();
  if (applied.code !== 0) return `the patch does not apply: ${applied.output.trim().split("\n")[0]}`;
  try {
    const built = await buildIn(copy);
    if (built.code !== 0) return `the sources do not compile with the patch: ${built.output.trim().split("\n").at(-1)}`;
    const after = await test(number, files, copy);
    if (after.failures === 0) return "its tests pass without the fix too";
  } finally {
    await apply("--reverse");
    await buildIn(copy);
  }
  return undefined;
}

function buildIn(copy) {
  return run(process.execPath, ["tools/build.mjs"], { cwd: copy });
}

/** Runs the tests of a number in the copy. */
async function test(number, files, copy) {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const args = [
    join(root, "node_modules", "mocha", "bin", "mocha.js"),
    ...["--no-config", "--require", "ts-node/register", "--timeout", "120000", "--exit"],
    ...["--fgrep", `[${number}]`, "--reporter", "json", "--reporter-option", `output=${report}`],
    ...files.map((file) => relative(root, file)),
  ];
  const env = { ...process.env, TS_NODE_TRANSPILE_ONLY: "true" };
  const { output } = await run(process.execPath, args, { cwd: copy, env, timeout: LIMIT });
  if (!existsSync(report)) return { passes: 0, failures: 0, said: output.trim().split("\n").slice(-3).join(" ") };
  const { stats, failures } = JSON.parse(readFileSync(report, "utf8"));
  return { ...stats, said: failures[0]?.err.message.split("\n")[0] ?? "none ran" };
}

/** What git tracks or would track, and the dependencies by links; the package's link to itself leads to the copy. */
async function copySources(copy) {
  const listed = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
  for (const file of listed.output.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    copyFileSync(join(root, file), join(copy, file));
  }
  // A patch may leave what it no longer uses.
  const config = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  Object.assign(config.compilerOptions, { noUnusedLocals: false, noUnusedParameters: false });
  writeFileSync(join(copy, "tsconfig.json"), JSON.stringify(config));
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules")).filter((name) => name !== "pulumi-oidc-runner")) {
    symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  }
}
