import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

/** A code block of a document. */
export interface Block {
  /** File and line, for messages. */
  of: string;
  language: string;
  code: string;
}

/** What users read, from the root. */
export const DOCUMENTS = [
  ...["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...["bench/README.md", "cli/README.md", "pulumi-cloud/policies/README.md", "runtime/README.md"],
  "tools/toolchain/README.md",
  ...readdirSync(join(packageRoot(), "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** The blocks of a Markdown text, also those that are indented as part of a list. */
export function blocksOf(text: string, of: string): Block[] {
  return [...text.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)].map(
    ({ index, 1: indent = "", 2: language = "", 3: code = "" }) => ({
      of: `${of}:${text.slice(0, index).split("\n").length}`,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
}

/** The blocks of all documents. */
export function documentBlocks(): Block[] {
  return DOCUMENTS.flatMap((name) => blocksOf(readFileSync(join(packageRoot(), name), "utf8"), name));
}
