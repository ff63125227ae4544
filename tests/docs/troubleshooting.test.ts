import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { listedErrors } from "../../tools/errors";
import { packageRoot } from "../../tools/toolchain/package-root";

const read = (path: string) => readFileSync(join(packageRoot(), path), "utf8");
const page = read("docs/troubleshooting.md");

/** Codes in the first cells of the page's tables. */
const entries = [...page.matchAll(/^\| ([^|]*`[A-Z][A-Z_]+`[^|]*) \|/gm)].flatMap(([, cell = ""]) =>
  [...cell.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code = ""]) => code),
);

/** What the entrypoint says in the pod's log: code and exit code are its own. */
function entrypointCodes(): string[] {
  const folder = "provider/workload/entrypoint";
  const scripts = readdirSync(join(packageRoot(), folder)).filter((name) => name.endsWith(".sh"));
  const text = scripts.map((name) => read(join(folder, name))).join("\n");
  return [...new Set([...text.matchAll(/"([A-Z]+(?:_[A-Z]+)+): /g)].map(([, code = ""]) => code))];
}

describe("docs/troubleshooting.md", () => {
  const errors = listedErrors();

  it("has each code once, and only codes that users meet", () => {
    assert.ok(entries.length > 40);
    assert.deepEqual(
      entries.filter((code, index) => entries.indexOf(code) !== index),
      [],
    );
    const known = [...errors.map(({ code }) => code), ...entrypointCodes()];
    assert.deepEqual(
      entries.filter((code) => !known.includes(code)),
      [],
    );
  });

  it("has every code of the entrypoint: they are in no other table", () => {
    const listed = errors.map(({ code }) => code);
    const missing = entrypointCodes().filter((code) => !entries.includes(code) && !listed.includes(code));
    assert.ok(entrypointCodes().length > 10);
    assert.deepEqual(missing, []);
  });

  it("repeats nothing of docs/errors.md: that says what a code means, this what to look at", () => {
    for (const { code, meaning, fix } of errors) {
      assert.ok(!page.includes(meaning) && !page.includes(`| ${fix} |`), code);
    }
  });
});
