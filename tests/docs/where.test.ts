import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

const read = (path: string) => readFileSync(join(packageRoot(), path), "utf8");

/** Whether a file declares an export of this name itself. */
function declares(path: string, name: string): boolean {
  const declared = new RegExp(`^export (?:async )?(?:function\\*?|const|class|interface|type) ${name}\\b`, "m");
  return existsSync(join(packageRoot(), path)) && declared.test(read(path));
}

describe("docs/where.md", () => {
  const rows = [...read("docs/where.md").matchAll(/^\| (.*\?) \| `([^`]+)` \| `([^`]+)` \|$/gm)];

  it("asks twenty questions, each once", () => {
    assert.equal(new Set(rows.map(([, question]) => question)).size, 20);
  });

  it("names files that declare what it says", () => {
    const wrong = rows.filter(([, , path = "", name = ""]) => !declares(path, name)).map(([row]) => row);
    assert.deepEqual(wrong, []);
    assert.equal(declares("trust/proof.ts", "checkAdmits"), false);
    assert.equal(declares("trust/index.ts", "checkAdmitsOnly"), false);
  });
});
