import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Claims } from "../../../../trust/claims/claims";
import { evaluate } from "../../../../trust/parties/pulumi/evaluate";
import type { PolicyDefinition, TokenRequest } from "../../../../trust/policy/model";

interface Table {
  relyingParty: string;
  cases: {
    name: string;
    source: string;
    definitions: PolicyDefinition[];
    claims: Claims;
    request: TokenRequest;
    decision: "allow" | "deny";
  }[];
}

const table = JSON.parse(readFileSync(join(__dirname, "../../../vectors/pulumi.json"), "utf8")) as Table;

describe("vectors: what Pulumi Cloud documents", () => {
  it("has cases of both decisions, each with a name of its own and a source", () => {
    assert.equal(table.relyingParty, "pulumi");
    assert.equal(new Set(table.cases.map(({ name }) => name)).size, table.cases.length);
    assert.ok(table.cases.every(({ source }) => source.startsWith("Pulumi docs, ")));
    for (const decision of ["allow", "deny"]) {
      assert.ok(table.cases.filter((entry) => entry.decision === decision).length >= 10);
    }
  });

  for (const { name, source, definitions, claims, request, decision } of table.cases) {
    it(`${decision === "allow" ? "allows" : "denies"}: ${name}`, () =>
      assert.equal(evaluate(definitions, claims, request).decision, decision, `against ${source}`));
  }
});
