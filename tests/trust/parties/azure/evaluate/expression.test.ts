import assert from "node:assert/strict";
import fc from "fast-check";
import { type Clause, parseExpression } from "../../../../../trust/parties/azure/evaluate/expression";
import { textOf, tries } from "../../../../helpers/property";
import { refused } from "../../../../helpers/refused";

const clause = fc.record<Clause>(
  {
    claim: fc.constantFrom("sub", "job_workflow_ref", "repository_id", "and", "eq"),
    operator: fc.constantFrom("eq", "matches"),
    // Words of the grammar, spaces and brackets in a text are text.
    comparand: fc.oneof(
      textOf("ab:/*? and", 12),
      fc.constantFrom(" and ", "claims[sub] eq x", "]", "\\", '"', "or", "two\nlines"),
      fc.string().map((text) => text.replaceAll("'", "")),
    ),
  },
  { noNullPrototype: true },
);
const write = ({ claim, operator, comparand }: Clause) => `claims['${claim}'] ${operator} '${comparand}'`;

describe("trust/parties/azure/evaluate/expression", () => {
  it("reads what was written, whatever stands in the texts", () => {
    fc.assert(
      fc.property(fc.array(clause, { minLength: 1, maxLength: 4 }), (clauses) => {
        assert.deepEqual(parseExpression(clauses.map(write).join(" and ")), clauses);
      }),
      tries(500),
    );
  });

  it("takes nothing that is one character longer or shorter, unless it still reads as written", () => {
    const good = "claims['sub'] matches 'repo:acme/*' and claims['job_workflow_ref'] eq 'x'";
    fc.assert(
      fc.property(fc.nat(good.length), fc.constantFrom("", " ", "'", "[", "a", "\t"), (position, put) => {
        const text = good.slice(0, position) + put + good.slice(position + (put === "" ? 1 : 0));
        let clauses: Clause[];
        try {
          clauses = parseExpression(text);
        } catch {
          refused(() => parseExpression(text), "AZURE_EXPRESSION_INVALID");
          return;
        }
        // What is accepted is the text itself, so nothing of it was passed over.
        assert.equal(clauses.map(write).join(" and "), text);
      }),
      tries(500),
    );
  });

  for (const [what, text, character] of [
    ["an empty expression", "", 1],
    ["a claim without lookup", "sub eq 'a'", 1],
    ["a claim in double quotes", "claims[\"sub\"] eq 'a'", 1],
    ["typographic quotes", "claims[‘sub’] eq ‘a’", 1],
    ["a text in double quotes", "claims['sub'] eq \"a\"", 18],
    ["no text", "claims['sub'] eq", 17],
    ["no operator", "claims['sub'] 'a'", 15],
    ["an operator with more", "claims['sub'] equals 'a'", 15],
    ["another operator", "claims['sub'] ne 'a'", 15],
    ["an operator in capitals", "claims['sub'] EQ 'a'", 15],
    ["an operator of CEL", "claims['sub'] == 'a'", 15],
    ["two spaces", "claims['sub']  eq 'a'", 15],
    ["no space", "claims['sub']eq 'a'", 14],
    ["a text that doesn't end", "claims['sub'] eq 'a", 18],
    ["or", "claims['sub'] eq 'a' or claims['sub'] eq 'b'", 21],
    ["And", "claims['sub'] eq 'a' And claims['sub'] eq 'b'", 21],
    ["and without a second comparison", "claims['sub'] eq 'a' and ", 26],
    ["brackets around", "(claims['sub'] eq 'a')", 1],
    ["not", "not claims['sub'] eq 'a'", 1],
    ["a doubled quote within a text", "claims['sub'] eq 'a''b'", 21],
    ["a space at the end", "claims['sub'] eq 'a' ", 21],
    ["a line end between", "claims['sub'] eq 'a'\nand claims['sub'] eq 'b'", 21],
  ] as const) {
    it(`refuses ${what}, and says where`, () =>
      refused(
        () => parseExpression(text),
        "AZURE_EXPRESSION_INVALID",
        `claimsMatchingExpression.value, character ${character}`,
      ));
  }

  for (const [text, message] of [
    ["sub eq 'a'", /: a claim is expected \(.*Fix: write claims\['sub'\] matches /],
    ["claims['sub']eq 'a'", /: one space is expected \(.*Fix: write claims\['sub'\] matches /],
    ["claims['sub'] ne 'a'", /: an operator is expected \(.*Fix: use eq, or matches /],
    ["claims['sub'] eq a", /: a text in single quotes is expected \(/],
    ["claims['sub'] eq 'a''b'", /: a single quote within a text is not documented \(.*Fix: leave it out/],
    ["claims['sub'] eq 'a' or", /: the end or ` and ` is expected \(.*Fix: join comparisons by and/],
  ] as const) {
    it(`says what is expected in ${text}`, () => assert.throws(() => parseExpression(text), message));
  }
});
