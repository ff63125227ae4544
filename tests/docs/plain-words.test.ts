import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

const root = packageRoot();
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Turns that slow a reader down: archaic words, words that name no subject, and "is no X" for "is not an X". */
const TURNS = [
  /letter by letter|\banew\b|\bwho(?:m)?ever\b|\bnobody\b|\bexclude each other\b/,
  /\bon and on\b|\bwatched over\b|\blast words\b|\bpart the \w+ from\b/,
  /\b(?<!there )(?:is|are|was|were) no (?!longer\b|more than\b|less than\b)[\w`"'$]/,
];
const ANY = new RegExp(`.{0,40}(?:${TURNS.map(({ source }) => source).join("|")}).{0,20}`, "gi");

/** Rooms whose comments and messages are read. */
const ROOMS = ["trust", "pulumi-cloud", "provider", "plugin", "runtime", "cli", "lab", "tools"];

/** What a text has of them, also where a comment or paragraph is wrapped in the middle of one. */
const turnsIn = (text: string) => text.replace(/\s*\n\s*(?:\*(?!\/)|\/\/|#)?\s*/g, " ").match(ANY) ?? [];

const below = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => !name.includes("node_modules"))
    .map((name) => join(folder, name));

function assertPlain(files: string[]) {
  const found = files.flatMap((file) => turnsIn(read(file)).map((turn) => `${file}: ${turn}`));
  assert.deepEqual(found, []);
}

describe("plain words", () => {
  it("are in the comments and messages of the sources, and in what the entrypoint says", () => {
    const files = ROOMS.flatMap(below).filter((file) => /\.(ts|mjs|cjs|sh|go|md)$/.test(file));
    assert.ok(files.length > 500);
    assertPlain(files);
  });

  it("are in the reference of arguments, and in the documents", () => {
    assertPlain([
      "schema.json",
      "README.md",
      "SECURITY.md",
      "CONTRIBUTING.md",
      "CHANGELOG.md",
      ...below("docs").filter((file) => file.endsWith(".md")),
    ]);
  });

  it("are told from others", () => {
    for (const bad of [
      "throw new Error(`${name}: nobody may use it`)",
      "/** Refuses what is no region. */",
      " * Refuses what is\n   * no region.",
      "// Values are compared letter\n  // by letter.",
      "# It is no fresh one.",
      '`"${region}" is no AWS region`',
    ]) {
      assert.equal(turnsIn(bad).length, 1, bad);
    }
    for (const good of [
      "/** Refuses a text that is not a region. */",
      "there is no region",
      "it is no longer used, and is no more than a hint",
      "this is. No region is given",
    ]) {
      assert.deepEqual(turnsIn(good), [], good);
    }
  });
});
