import assert from "node:assert/strict";
import { CI_ISSUERS } from "../../../trust/issuers";
import { compileDefinitions, reviewDefinitions } from "../../../trust/parties/pulumi";
import { evaluate } from "../../../trust/parties/pulumi/evaluate";
import { assertSource, caseOf, VECTORS } from "./documented";

describe("trust/issuers: vectors", () => {
  it("are there for each CI system", () => {
    assert.deepEqual(VECTORS.map(({ record }) => record).sort(), CI_ISSUERS.map(({ key }) => key).sort());
  });

  for (const vectors of VECTORS) {
    const { record, sources, cases } = vectors;

    describe(record, () => {
      it("has at least 12 cases of both decisions, each with a name of its own and a source", () => {
        Object.values(sources).forEach(assertSource);
        assert.ok(cases.length >= 12);
        assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
        assert.deepEqual(
          cases.filter(({ source }) => !Object.hasOwn(sources, source)),
          [],
        );
        for (const decision of ["allow", "deny"] as const) {
          assert.ok(cases.some((entry) => entry.decision === decision));
        }
      });

      it("has a case for each way a token goes astray", () => {
        for (const way of ["another", "fork", "branch", "prefix", "dot", "audience", "other subject form"]) {
          assert.ok(
            cases.some(({ name, decision }) => decision === "deny" && name.includes(way)),
            way,
          );
        }
      });

      it("has a near miss for each rule, which passes without it", () => {
        const bare = cases.filter(({ policy }) => policy === undefined);
        const { input } = caseOf(vectors, bare[0] ?? assert.fail("no case of the file's own policy"));
        const given = { decision: "allow", tokenType: "organization", ...input } as const;
        const definitions = compileDefinitions([given], "acme").map(({ definition }) => definition);
        for (const rule of Object.keys(definitions[0]?.rules ?? {})) {
          const without = definitions.map(({ rules = {}, ...rest }) => {
            const { [rule]: _, ...others } = rules;
            return { ...rest, rules: others };
          });
          const passes = bare.filter(
            (entry) =>
              entry.decision === "deny" &&
              evaluate(without, caseOf(vectors, entry).token, { tokenType: "organization" }).decision === "allow",
          );
          assert.ok(passes.length > 0, `no case shows what ${rule} is for`);
        }
      });

      for (const entry of cases) {
        it(`${entry.decision === "allow" ? "allows" : "denies"}: ${entry.name}`, () => {
          const { input, token } = caseOf(vectors, entry);
          const given = { decision: "allow", tokenType: "organization", ...input } as const;
          const { compiled } = reviewDefinitions([given], { organization: "acme", issuerKind: record as never });
          const definitions = compiled.map(({ definition }) => definition);
          assert.equal(evaluate(definitions, token, { tokenType: "organization" }).decision, entry.decision);
        });
      }
    });
  }
});
