import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

/** Declarations that a program's compiler reads for an entry of the package, each once. */
function reached(file: string, seen = new Set<string>()): Set<string> {
  if (!seen.has(file)) {
    seen.add(file);
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
      const target = resolve(dirname(file), path);
      reached([`${target}.d.ts`, join(target, "index.d.ts")].find(existsSync) ?? assert.fail(target), seen);
    }
  }
  return seen;
}

describe("the package's declarations", () => {
  // A program with one cloud's package alone must compile, also without skipLibCheck.
  it("refer to no optional package of a cloud", () => {
    const files = [...reached(join(packageRoot(), "dist", "provider", "index.d.ts"))];
    assert.ok(files.some((file) => file.includes("outbound")) && files.length > 30);
    assert.deepEqual(
      files.filter((file) => /(?:from|import\()\s*"@pulumi\/(?:aws|gcp)/.test(readFileSync(file, "utf8"))),
      [],
    );
  });
});
