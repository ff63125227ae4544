import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../tools/toolchain/package-root";

const root = packageRoot();
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Turns that slow a reader down: archaic words, and words that name no subject. */
const TURNS = /letter by letter|\banew\b|\bwho(m)?ever\b|\bnobody\b|\bexclude each other\b/i;

/** Rooms whose texts users see. */
const ROOMS = ["trust", "pulumi-cloud", "provider", "cli"];

/** Texts of a source that can be printed: literals, without the paths of imports. */
function textsOf(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
    ) {
      texts.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest));
  return texts;
}

describe("texts that users see", () => {
  it("are in plain words: messages, and what the entrypoint says", () => {
    const files = ROOMS.flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((file) => join(room, file)),
    );
    const texts = files.flatMap((file) =>
      file.endsWith(".ts")
        ? textsOf(read(file))
        : file.endsWith(".sh")
          ? (read(file).match(/^\s*say .*$/gm) ?? [])
          : [],
    );
    assert.ok(texts.length > 1000);
    assert.deepEqual(
      texts.filter((text) => TURNS.test(text)),
      [],
    );
    const found = textsOf("throw new Error(`${name}: nobody may use it`)").filter((text) => TURNS.test(text));
    assert.deepEqual(found, [": nobody may use it"]);
  });

  it("are in plain words: the reference of arguments, and the documents", () => {
    const documents = readdirSync(join(root, "docs")).map((name) => `docs/${name}`);
    for (const name of ["schema.json", "README.md", "SECURITY.md", "CONTRIBUTING.md", ...documents]) {
      assert.deepEqual(
        read(name)
          .split("\n")
          .filter((line) => TURNS.test(line)),
        [],
        name,
      );
    }
  });
});
