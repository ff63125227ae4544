import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Claims } from "../../../trust/claims/claims";
import { evaluateAwsTrust } from "../../../trust/parties/aws/evaluate/evaluate";
import { evaluateAzureTrust } from "../../../trust/parties/azure/evaluate/evaluate";
import { evaluateGcpTrust } from "../../../trust/parties/gcp/evaluate/evaluate";

interface Table {
  relyingParty: string;
  cases: { name: string; source: string; document: unknown; claims: Claims; decision: "allow" | "deny" }[];
}

/** Evaluator, and how many cases of each decision there are at least. */
const PARTIES = { aws: [evaluateAwsTrust, 50], gcp: [evaluateGcpTrust, 40], azure: [evaluateAzureTrust, 16] } as const;

for (const [party, [evaluate, least]] of Object.entries(PARTIES)) {
  const table = JSON.parse(readFileSync(join(__dirname, `../../vectors/${party}.json`), "utf8")) as Table;

  describe(`vectors: what ${party} documents`, () => {
    it("has cases of both decisions, each with a name of its own and a source", () => {
      assert.equal(table.relyingParty, party);
      assert.equal(new Set(table.cases.map(({ name }) => name)).size, table.cases.length);
      assert.ok(table.cases.every(({ source }) => / (Guide|docs|documentation), /.test(` ${source}`)));
      for (const decision of ["allow", "deny"]) {
        assert.ok(table.cases.filter((entry) => entry.decision === decision).length >= least);
      }
    });

    for (const { name, source, document, claims, decision } of table.cases) {
      it(`${decision}: ${name}`, () => {
        const explanation = evaluate(document, claims);
        assert.equal(explanation.decision, decision, `against ${source}: ${explanation.reasons.join("; ")}`);
        assert.notDeepEqual(explanation.reasons, []);
      });
    }
  });
}
