import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "@marcbachmann/cel-js" with { "resolution-mode": "import" };
import fc from "fast-check";
import { OidcRunnerError } from "../../../../../provider/errors";
import type { Claims } from "../../../../../provider/trust/claims";
import { newBudget } from "../../../../../provider/trust/documents/gcp-evaluate/budget";
import { compile } from "../../../../../provider/trust/documents/gcp-evaluate/compile";
import { jsonValue } from "../../../../../provider/trust/documents/gcp-evaluate/json-value";
import { mapAttributes } from "../../../../../provider/trust/documents/gcp-evaluate/map-attributes";
import type { GcpProvider } from "../../../../../provider/trust/documents/gcp-evaluate/provider-document";
import { tries } from "../../../../helpers/property";

// A second implementation of CEL, by other authors, decides the same conditions. Where it differs from the language
// definition, conditions are generated around it:
// - its regular expressions are JavaScript's; patterns are of what both know;
// - it finds `==` of lists with literals of other element types wrong when it checks, while CEL compares ints and doubles
//   by value ("Equality"); no such lists are generated;
// - it has no replace() and no extract(), which are written a second time here;
// - it changes the case of all letters where the strings extension says "ASCII"; no other letters have a case here;
// - `!!x` is x to our parser, as it is to the reference implementation's, so that x need not be a bool; no such negations;
// - its string() takes any double, ours those whose text all implementations agree on; claims are small whole numbers.

/** What a condition comes to; `refused` for errors when it is checked and when it is evaluated. */
type Verdict = boolean | "another type" | "refused";

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
    const { evaluate, expr } = compile(condition, "attributeCondition", 4096, names, newBudget());
    const values = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, jsonValue(value)]));
    const outcome = evaluate(expr, values);
    return "error" in outcome ? "refused" : verdictOf(outcome.value);
  } catch (error) {
    assert.ok(error instanceof OidcRunnerError, String(error));
    return "refused";
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

const quote = (text: string) => `'${text}'`;
const word = fc.constantFrom("a", "ab", "b", "a:b", "A", "", "repo", "😀");
const literal = word.map(quote);
/** What to look for: an empty text is between all characters for us, between the halves of some for the other library. */
const piece = word.filter((text) => text !== "").map(quote);
/** Paths that are there, paths that may be, and one that never is. */
const textPath = fc.constantFrom(
  ...["assertion.sub", "assertion.ref", "assertion['k.io'].ns", "assertion['k.io']['sa']['name']", "assertion.missing"],
  ...["assertion.groups[0]", "assertion.groups[3]"],
);
const anyPath = fc.oneof(
  textPath,
  fc.constantFrom("assertion.n", "assertion.flag", "assertion.none", "assertion.groups"),
);

const condition = fc.letrec<{ text: string; list: string; number: string; bool: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    textPath,
    literal,
    fc.tuple(tie("text"), tie("text")).map(([a, b]) => `(${a} + ${b})`),
    fc.tuple(tie("text"), fc.constantFrom("lowerAscii", "upperAscii")).map(([a, f]) => `${a}.${f}()`),
    fc
      .tuple(tie("text"), fc.constantFrom("{x}", "a{x}", "{x}b", "a{x}b", ":{x}", "a{x}:"))
      .map(([a, template]) => `${a}.extract('${template}')`),
    fc.tuple(tie("text"), piece, literal).map(([a, b, c]) => `${a}.replace(${b}, ${c})`),
    fc.tuple(tie("text"), piece, fc.nat(2)).map(([a, b, index]) => `${a}.split(${b})[${index}]`),
    fc.tuple(tie("list"), literal).map(([a, b]) => `${a}.join(${b})`),
    fc.tuple(tie("bool"), tie("text"), tie("text")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.constantFrom("string(assertion.n)", "string(assertion.flag)"),
  ),
  list: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("assertion.groups", "assertion.sub.split(':')", "assertion.missing"),
    fc.array(literal, { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.tuple(tie("list"), tie("list")).map(([a, b]) => `(${a} + ${b})`),
    fc.tuple(tie("list"), literal).map(([a, b]) => `${a}.map(x, x + ${b})`),
    fc.tuple(tie("list"), literal).map(([a, b]) => `${a}.filter(x, x.contains(${b}))`),
  ),
  number: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("assertion.n", "assertion.missing", "0", "1", "2.0", "int('2')", "int('x')", "double('1.5')"),
    tie("text").map((a) => `${a}.size()`),
    tie("list").map((a) => `size(${a})`),
    fc
      .tuple(tie("number"), fc.constantFrom("+", "-", "*", "/", "%"), tie("number"))
      .map(([a, o, b]) => `(${a} ${o} ${b})`),
  ),
  bool: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.tuple(tie("text"), fc.constantFrom("==", "!="), tie("text")).map((parts) => parts.join(" ")),
    fc.tuple(tie("number"), fc.constantFrom("==", "!=", "<", "<=", ">", ">="), tie("number")).map((p) => p.join(" ")),
    fc.tuple(anyPath, fc.constantFrom("==", "!=", "<"), anyPath).map((parts) => parts.join(" ")),
    fc.tuple(tie("text"), tie("list")).map(([a, b]) => `${a} in ${b}`),
    fc
      .tuple(tie("text"), fc.constantFrom("startsWith", "endsWith", "contains"), tie("text"))
      .map(([a, f, b]) => `${a}.${f}(${b})`),
    fc
      .tuple(tie("text"), fc.constantFrom("^a", "b$", "^[ab]+$", "a.b", "^(a|b):", "x?", "\\\\d"))
      .map(([a, b]) => `${a}.matches('${b}')`),
    fc.constantFrom("has(assertion.ref)", "has(assertion.missing)", "has(assertion.missing.x)", "has(assertion.none)"),
    fc.constantFrom("assertion.flag", "assertion.n", "true", "false", "'k.io' in assertion", "assertion.none == null"),
    fc.tuple(tie("bool"), fc.constantFrom("&&", "||"), tie("bool")).map(([a, o, b]) => `(${a} ${o} ${b})`),
    tie("bool").map((a) => `!(${a} || false)`),
    fc.tuple(tie("bool"), tie("bool"), tie("bool")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(tie("list"), fc.constantFrom("exists", "all", "exists_one"), literal, tie("bool"))
      .map(([a, macro, b, c]) => `${a}.${macro}(y, y == ${b} || ${c})`),
  ),
})).bool;

const claims = fc
  .record(
    {
      sub: word,
      ref: word,
      n: fc.integer({ min: -2, max: 3 }),
      flag: fc.boolean(),
      none: fc.constant(null),
      groups: fc.array(word, { maxLength: 3 }),
      "k.io": fc.record({ ns: word, sa: fc.record({ name: word }) }, { requiredKeys: [] }),
    },
    { requiredKeys: ["sub"], noNullPrototype: true },
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);

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
      fc.property(condition, claims, (text, assertion) => {
        const verdict = ours(text, { assertion });
        assert.equal(verdict, theirs(environment, text, { assertion }), text);
        seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
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
      const { attributes, failures } = mapAttributes(attributeMapping, jsonValue(claims), newBudget());
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
