import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

describe("trust/lint/finding", () => {
  it("says of each name what it means", () => {
    const text = readFileSync(join("trust", "lint", "finding.ts"), "utf8");
    const [comment = "", type = ""] = text.split("export type PartyFindingName =");
    const documented = new Set(comment.match(/`[A-Z_]{4,}`/g)?.map((name) => name.slice(1, -1)));
    const named = new Set(type.split(";")[0]?.match(/[A-Z_]{4,}/g));
    assert.ok(named.size > 20);
    assert.deepEqual([...documented].sort(), [...named].sort());
  });
});
