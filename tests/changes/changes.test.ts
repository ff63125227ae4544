import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";
import { skip } from "../skip";

/** How many files of sources each kind of change may touch; tests and what is generated from sources don't count. */
const MOST: Record<string, number> = { "pod-field": 4, finding: 2, issuer: 2, component: 4 };
const GENERATED = ["schema.json", "docs/errors.md", "package-lock.json"];

const root = packageRoot();
const patchOf = (name: string) => join(root, "tests", "changes", `${name}.patch`);
const filesOf = (name: string) =>
  [...readFileSync(patchOf(name), "utf8").matchAll(/^diff --git a\/\S+ b\/(\S+)$/gm)].map(([, file = ""]) => file);

describe("changes of the kinds that come often", () => {
  it("are all tried", () => {
    const patches = readdirSync(join(root, "tests", "changes")).filter((file) => file.endsWith(".patch"));
    assert.deepEqual(
      patches.sort(),
      Object.keys(MOST)
        .map((name) => `${name}.patch`)
        .sort(),
    );
  });

  for (const [name, most] of Object.entries(MOST)) {
    it(`touch at most ${most} files of sources: ${name}`, () => {
      const sources = filesOf(name).filter((file) => !file.startsWith("tests/") && !GENERATED.includes(file));
      assert.ok(sources.length > 0 && sources.length <= most, sources.join(", "));
    });

    it(`apply to the sources as they are: ${name}`, () => {
      execFileSync("git", ["apply", "--check", patchOf(name)], { cwd: root, stdio: "pipe" });
    });

    it(`apply, compile and pass their own test: ${name}`, function () {
      if (!process.env.OIDC_RUNNER_FULL)
        skip(this, "compiling a copy of the sources takes a minute: in full runs only");
      const copy = mkdtempSync(join(tmpdir(), "oidc-runner-change-"));
      try {
        const rooms = [
          "trust",
          "pulumi-cloud",
          "provider",
          "runtime",
          "lab",
          "cli",
          "tools",
          "tests",
          "bench",
          "plugin",
        ];
        const run = (command: string, ...args: string[]) => {
          const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: "utf8" });
          assert.equal(status, 0, `${args.join(" ")}\n${stdout}${stderr}`);
        };
        execFileSync("cp", ["-R", ...rooms, "package.json", "schema.json", "tsconfig.json", "dist", copy], {
          cwd: root,
        });
        symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
        run("git", "apply", "--whitespace=error", patchOf(name));
        run(process.execPath, join("node_modules", "typescript-7", "bin", "tsc"), "-p", "tsconfig.json", "--noEmit");
        // Components look their arguments up in it.
        run(process.execPath, "-r", "ts-node/register/transpile-only", join("tools", "schema", "generate.ts"));
        const own = filesOf(name).filter((file) => file.endsWith(".test.ts"));
        assert.ok(own.length > 0);
        const mocha = [join("node_modules", "mocha", "bin", "mocha.js"), "--no-config", "--timeout", "120000"];
        run(process.execPath, ...mocha, "-r", "ts-node/register/transpile-only", ...own);
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    });
  }
});
