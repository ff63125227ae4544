import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../tools/toolchain/package-root";

interface Counts {
  passed: number;
  failed: number;
  skipped: { title: string; reason: string }[];
  failures: string[];
}
interface Result {
  counts?: Counts;
  code: number;
  timedOut: boolean;
  output: string;
}
type Mocha = (
  root: string,
  files: string[],
  env: Record<string, string>,
  limit: number,
  write: (text: string) => void,
  pattern?: string,
) => Promise<Result>;
interface Tally extends Counts {
  addClosing(output: string, command: string): void;
  fail(why: string): void;
  summary(): string;
}

const load = <T>(name: string) => import(pathToFileURL(join(packageRoot(), "tools", "test", name)).href) as Promise<T>;
const newTally = async () => {
  const { Tally } = await load<{ Tally: new (write?: (text: string) => void) => Tally }>("tally.mjs");
  const shown: string[] = [];
  return { tally: new Tally((text) => shown.push(text)), shown };
};
const result = (counts: Partial<Counts> = {}, rest: Partial<Result> = {}): Result => ({
  ...{
    counts: { passed: 0, failed: 0, skipped: [], failures: [], ...counts },
    code: counts.failed ? 1 : 0,
    timedOut: false,
    output: "",
  },
  ...rest,
});
// Not written out here: this file is none that a full run changes.
const VARIABLE = ["OIDC", "RUNNER", "FULL"].join("_");

describe("tools/test-rest", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "test-rest-"));
  });
  afterEach(() => rm(root, { recursive: true }));
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
    return join(root, name);
  };

  describe("lanesOfRest", () => {
    const lanes = async () =>
      (await load<{ lanesOfRest(root: string): string[][] }>("rest.mjs"))
        .lanesOfRest(root)
        .map((files) => files.map((file) => file.slice(root.length + 1)));

    it("takes files that ask whether a run is a full one, or whose helpers do, and no others", async () => {
      await write("tests/helpers/far.ts", `export const far = process.env.${VARIABLE};`);
      await write("tests/helpers/near.ts", `import { far } from "./far"; import "../lab/b.test"; export { far };`);
      await write("tests/helpers/other.ts", "export {};");
      await write("tests/a.test.ts", `import { near } from "./helpers/near";`);
      await write(
        "tests/lab/b.test.ts",
        `import { other } from "../helpers/other"; const { ${VARIABLE} } = process.env;`,
      );
      await write("tests/c.test.ts", `import { other } from "./helpers/other";`);
      await write("tests/d.test.ts", `const { ${VARIABLE}: _, ...inherited } = process.env;`);
      await write("tests/engine/e.test.ts", `const full = (await import("../helpers/near")).far;`);
      assert.deepEqual(await lanes(), [["tests/a.test.ts", "tests/lab/b.test.ts"], ["tests/engine/e.test.ts"]]);
    });

    it("has the slow ones last, the one that sleeps last of all", async () => {
      for (const name of ["kills", "long-job", "renames", "z"]) {
        await write(`tests/engine/${name}.test.ts`, `process.env.${VARIABLE}`);
      }
      const [, engine = []] = await lanes();
      assert.deepEqual(
        engine.map((file) => file.slice("tests/engine/".length, -".test.ts".length)),
        ["z", "renames", "kills", "long-job"],
      );
    });
  });

  describe("runRest", () => {
    /** Each file of one lane takes ten minutes; returns what was run and what came of it. */
    async function rest(until: number, mocha: Mocha, lanes = [["a", "b", "c"]]) {
      type Run = (...args: [string, string[][], object, number, Tally, object]) => Promise<void>;
      const { runRest } = await load<{ runRest: Run }>("rest.mjs");
      const { tally, shown } = await newTally();
      let now = 0;
      const ran: { file: string; limit: number }[] = [];
      const timed: Mocha = async (...call) => {
        const [, [file = ""], env, limit] = call;
        assert.equal(env[VARIABLE], "1");
        ran.push({ file: file.slice(root.length + 1), limit });
        now += 600_000;
        return mocha(...call);
      };
      const files = lanes.map((lane) => lane.map((name) => join(root, name)));
      await runRest(root, files, {}, until, tally, { now: () => now, mocha: timed });
      return { tally, ran, shown: shown.join("") };
    }
    const passes: Mocha = async () => result({ passed: 2 });

    it("runs each file by itself, and adds what came of them", async () => {
      const { tally, ran } = await rest(90 * 60_000, passes, [["a"], ["b"]]);
      assert.deepEqual(
        ran.map(({ file }) => file),
        ["a", "b"],
      );
      assert.match(tally.summary(), /\n4 passed, 0 failed$/);
    });

    it("names the files it did not reach, which are skipped and not failed", async () => {
      const { tally, ran } = await rest(20 * 60_000, passes);
      assert.deepEqual(
        ran.map(({ limit }) => limit / 60_000),
        [20, 10],
      );
      assert.match(tally.summary(), /\n {2}c: not reached in the time there was\n\n4 passed, 0 failed, 1 skipped$/);
    });

    it("skips a file that the time did not suffice for, and counts what had failed in it by then", async () => {
      const cut = result({}, { counts: undefined, timedOut: true, code: 1 });
      const { tally } = await rest(5 * 60_000, async () => cut, [["a"]]);
      assert.match(tally.summary(), /\n {2}a: not finished in the time there was\n\n0 passed, 0 failed, 1 skipped$/);
      const output = "  a\n    FAILED: adds numbers\n";
      const failed = await rest(5 * 60_000, async () => ({ ...cut, output }), [["a"]]);
      assert.match(failed.shown, /FAILED: adds numbers/);
      assert.match(failed.tally.summary(), /\n0 passed, 1 failed, 1 skipped$/);
    });

    it("fails a file that hangs while there is time, one that crashes and one without tests", async () => {
      const hangs = result({}, { counts: undefined, timedOut: true, code: 1 });
      const crashes = result({}, { counts: undefined, code: 1 });
      for (const [came, why] of [
        [hangs, /did not end within 30 minutes/],
        [crashes, /ended with code 1 before/],
        [result(), /no test was found/],
      ] as const) {
        const { tally, shown } = await rest(90 * 60_000, async () => came, [["a"]]);
        assert.match(shown, why);
        assert.match(tally.summary(), /\n0 passed, 1 failed$/);
      }
    });
  });

  describe("the closing line", () => {
    const closing = async (output: string) => {
      const { tally } = await newTally();
      tally.passed = 3;
      tally.addClosing(output, "npm test");
      return tally.summary().split("\n").at(-1);
    };

    it("counts both runs", async () => {
      assert.equal(await closing("Times\n\n10 passed, 0 failed\n"), "13 passed, 0 failed");
      assert.equal(
        await closing("  1 passed, 1 failed\n10 passed, 2 failed, 4 skipped\n"),
        "13 passed, 2 failed, 4 skipped",
      );
    });

    it("names what failed in either run", async () => {
      const { tally } = await newTally();
      tally.addClosing(
        "Skipped\n  x: y\n\nFailed\n  one: two\n    why\n  three\n\n10 passed, 2 failed, 1 skipped\n",
        "npm test",
      );
      tally.fail("four\n  and its lines");
      assert.match(
        tally.summary(),
        /\nFailed\n {2}one: two\n {4}why\n {2}three\n {2}four\n\n10 passed, 3 failed, 1 skipped$/,
      );
    });

    it("has a failure more when the first run has none", async () => {
      for (const output of ["", "  10 passed, 0 failed\nKilled\n", "10 passed, 0 failed, or so"]) {
        assert.equal(await closing(output), "3 passed, 1 failed");
      }
    });
  });

  describe("runWithout", () => {
    type Without = (root: string, program: string, env: object, tally: Tally, options: object) => Promise<void>;
    async function without(path: string, mocha: Mocha) {
      const { runWithout } = await load<{ runWithout: Without }>("without.mjs");
      const { tally, shown } = await newTally();
      await runWithout(root, "busybox", {}, tally, { path, mocha });
      return { tally, shown: shown.join("") };
    }
    const skipped = (...reasons: string[]) =>
      result({ skipped: reasons.map((reason, index) => ({ title: `t${index}`, reason })) });

    it("runs the tests that name a program with a PATH on which all else is found", async () => {
      const program = await write("bin/busybox", "");
      await symlink(program, await write("bin/other", "").then(() => join(root, "bin", "linked")));
      await write("more/x", "");
      await write("tests/a.test.ts", `["busybox", "sh"]`);
      await write("tests/b.test.ts", `// none of its, busybox apart`);
      const path = [join(root, "bin"), join(root, "nowhere"), join(root, "more")].join(delimiter);
      const { tally } = await without(path, async (_root, files, env, _limit, _write, pattern) => {
        assert.deepEqual([files, pattern], [[join(root, "tests", "a.test.ts")], "busybox sh"]);
        const [first = "", ...others] = (env.PATH ?? "").split(delimiter);
        assert.deepEqual(others, path.split(delimiter).slice(1));
        assert.equal(await readlink(join(first, "other")), join(root, "bin", "other"));
        await assert.rejects(readlink(join(first, "busybox")), { code: "ENOENT" });
        return skipped("busybox is not installed");
      });
      assert.match(tally.summary(), /\n1 passed, 0 failed$/);
    });

    it("fails when a test passes, fails, is skipped for another reason, or when there is none", async () => {
      await write("bin/busybox", "");
      for (const came of [
        result({ passed: 1, skipped: [{ title: "t", reason: "busybox is not installed" }] }),
        result({ failed: 1 }),
        skipped("busybox is not installed", "no network"),
        result(),
        result({}, { counts: undefined, code: 1, output: "SyntaxError" }),
      ]) {
        const { tally } = await without(join(root, "bin"), async () => came);
        assert.match(tally.summary(), /\n0 passed, 1 failed$/);
      }
    });

    it("says so where the program is not installed, since the ordinary run went without it", async () => {
      const { tally } = await without(join(root, "bin"), () => assert.fail("nothing to run"));
      assert.match(tally.summary(), /tests with busybox: busybox is not installed\n\n0 passed, 0 failed, 1 skipped$/);
    });
  });

  describe(".ci/run", () => {
    /** Runs it with stand-ins for npm and node, and returns what node was told and how it ended. */
    async function ci(npm: string, node: string) {
      const script = await readFile(join(packageRoot(), ".ci", "run"), "utf8");
      await writeFile(await write("clone/.ci/run", ""), script);
      const commands = { npm, node, busybox: "", shellcheck: "" };
      for (const [name, text] of Object.entries(commands)) {
        await writeFile(await write(`bin/${name}`, ""), `#!/bin/sh\n${text}\n`);
        await chmod(join(root, "bin", name), 0o755);
      }
      const env = { PATH: `${join(root, "bin")}:/usr/bin:/bin` };
      const ran = spawnSync("bash", [join(root, "clone", ".ci", "run")], { encoding: "utf8", env, cwd: "/" });
      return { code: ran.status, lines: ran.stdout.trim().split("\n") };
    }
    const NODE = `[ "$2$4" = --until--after ] && [ "$3" -gt "$(date +%s)" ] && echo "$1 after $(tail -n 1 "$5")"`;

    it("goes on after npm test in the clone, also when that failed, and ends as what follows it", async () => {
      const failing = 'echo "$1 in $(basename "$PWD")"; echo "5 passed, 1 failed"; exit 1';
      assert.deepEqual(await ci(failing, `${NODE}; exit 3`), {
        code: 3,
        lines: ["test in clone", "5 passed, 1 failed", "tools/test-rest.mjs after 5 passed, 1 failed"],
      });
      assert.equal((await ci('echo "5 passed, 0 failed"', NODE)).code, 0);
    });
  });
});
