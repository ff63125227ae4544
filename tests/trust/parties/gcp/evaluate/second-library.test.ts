import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "@marcbachmann/cel-js" with { "resolution-mode": "import" };
import fc from "fast-check";
import type { Claims } from "../../../../../trust/claims/claims";
import { OidcRunnerError } from "../../../../../trust/errors";
import { compile } from "../../../../../trust/parties/gcp/evaluate/compile";
import { jsonValue } from "../../../../../trust/parties/gcp/evaluate/json-value";
import { mapAttributes } from "../../../../../trust/parties/gcp/evaluate/map-attributes";
import type { GcpProvider } from "../../../../../trust/parties/gcp/provider";
import { tries } from "../../../../helpers/property";
import { condition, claims as tokens } from "./random-condition";

// A second implementation of CEL, by other authors, decides the same conditions. Where it differs from the language
// definition, conditions are generated around it:
// - its regular expressions are JavaScript's; patterns are of what both know, and no `.` stands for just one character,
//   which is half of some there;
// - it finds `==` of lists with literals of other element types wrong when it checks, while CEL compares ints and doubles
//   by value ("Equality"); no such lists are generated;
// - it has no replace() and no extract(), which are written a second time here;
// - it changes the case of all letters where the strings extension says "ASCII"; no other letters have a case here;
// - `!!x` is x to our parser, as it is to the reference implementation's, so that x need not be a bool; no such negations;
// - its string() takes any double, ours those whose text all implementations agree on; claims are small whole numbers.

// - it checks types before it evaluates, which we don't: where it only finds a type wrong, there is nothing to compare.

/** What a condition comes to; `refused` for errors when it is checked and when it is evaluated. */
type Verdict = boolean | "another type" | "refused" | "too costly";

/** Google's table, read left to right: no search for an end that is before the beginning. */
function extractAgain(text: string, template: string): string {
  const [before = "", after = ""] = template.split(/\{\w+\}/);
  for (let start = 0; start + before.length <= text.length; start += 1) {
    if (text.startsWith(before, start)) {
      for (let end = start + before.length; end <= text.length; end += 1) {
        if (after !== "" && text.startsWith(after, end)) {
          return text.slice(start + before.length, end);
        }
      }
      return after === "" ? text.slice(start + before.length) : "";
    }
  }
  return "";
}

/** Types that JSON has, without the wrapper of a null prototype that generated records may have. */
type Variables = Record<string, unknown>;

function ours(condition: string, variables: Variables): Verdict {
  try {
    const names = Object.fromEntries(Object.keys(variables).map((name) => [name, undefined]));
    const { evaluate, expr } = compile(condition, "attributeCondition", 4096, names);
    const values = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, jsonValue(value)]));
    const outcome = evaluate(expr, values);
    return "error" in outcome ? "refused" : verdictOf(outcome.value);
  } catch (error) {
    assert.ok(error instanceof OidcRunnerError, String(error));
    return error.code === "GCP_EXPRESSION_TOO_COSTLY" ? "too costly" : "refused";
  }
}

function theirs(environment: Environment, condition: string, variables: Variables): Verdict {
  try {
    const { google, ...rest } = variables;
    return verdictOf(environment.evaluate(condition.replace(/\bgoogle\./g, "google_."), { ...rest, google_: google }));
  } catch {
    return "refused";
  }
}

const verdictOf = (value: unknown): Verdict => (typeof value === "boolean" ? value : "another type");

describe("Google's conditions in a second CEL library", () => {
  let environment: Environment;

  before(async () => {
    const library = await import("@marcbachmann/cel-js");
    environment = new library.Environment({ homogeneousAggregateLiterals: false })
      .registerVariable("assertion", "dyn")
      // Its own name for types of Protocol Buffers.
      .registerVariable("google_", "dyn")
      .registerVariable("attribute", "dyn")
      .registerFunction("string.extract(string): string", extractAgain)
      .registerFunction("string.replace(string, string): string", (text: string, old: string, by: string) =>
        text.replaceAll(old, () => by),
      );
  });

  it("come to the same, whatever is asked of whatever token", () => {
    const seen = new Map<Verdict, number>();
    fc.assert(
      fc.property(condition, tokens, (text, assertion) => {
        const verdict = ours(text, { assertion });
        const { valid } = environment.check(text);
        if (verdict !== "too costly" && (valid || verdict === "refused")) {
          assert.equal(verdict, theirs(environment, text, { assertion }), text);
          seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        }
      }),
      tries(1000),
    );
    // A property of nothing but errors would hold as well.
    for (const verdict of [true, false, "refused"] as const) {
      assert.ok((seen.get(verdict) ?? 0) > 100, `${seen.get(verdict)} × ${verdict}`);
    }
  });

  it("come to the same in all cases of the verdict table", () => {
    const path = join(__dirname, "../../../../vectors/gcp.json");
    const { cases } = JSON.parse(readFileSync(path, "utf8")) as {
      cases: { name: string; document: GcpProvider; claims: Claims }[];
    };
    let compared = 0;
    for (const { name, document, claims } of cases) {
      const { attributeCondition, attributeMapping } = document;
      const { attributes, failures } = mapAttributes(attributeMapping, jsonValue(claims));
      if (attributeCondition !== undefined && failures.length === 0) {
        const under = (root: string) =>
          Object.fromEntries(
            Object.entries(attributes).flatMap(([key, value]) =>
              key.startsWith(root) ? [[key.slice(root.length), value]] : [],
            ),
          );
        const variables = { assertion: claims, google: under("google."), attribute: under("attribute.") };
        assert.equal(ours(attributeCondition, variables), theirs(environment, attributeCondition, variables), name);
        compared += 1;
      }
    }
    assert.ok(compared > 50, String(compared));
  });
});
