import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Relative imports of a module, types included. */
const IMPORTS = /\bfrom "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/g;

/** Those files whose text, or the text of a test helper that they import, has a pattern. */
export function filesReading(root, files, pattern) {
  const known = new Map();
  const reads = (file) => {
    if (known.has(file)) return known.get(file);
    // Modules may import each other.
    known.set(file, false);
    const text = readFileSync(file, "utf8");
    const found = pattern.test(text) || helpersIn(root, file, text).some(reads);
    known.set(file, found);
    return found;
  };
  return files.filter(reads);
}

function helpersIn(root, file, text) {
  return [...text.matchAll(IMPORTS)]
    .map(([, from, dynamic]) => join(dirname(file), `${from ?? dynamic}.ts`))
    .filter((helper) => helper.startsWith(join(root, "tests")) && existsSync(helper));
}
