import assert from "node:assert/strict";
import { newBudget } from "../../../../../trust/parties/gcp/evaluate/budget";
import { compile } from "../../../../../trust/parties/gcp/evaluate/compile";
import { jsonValue } from "../../../../../trust/parties/gcp/evaluate/json-value";
import { refused } from "../../../../helpers/refused";

const assertion = {
  many: Array.from({ length: 1000 }, (_, index) => `group-${index}`),
  long: "a".repeat(10_000),
  sub: "01234567-89ab-cdef-0123-456789abcdef",
};
const evaluate = (text: string, spend = newBudget()) => {
  const program = compile(text, "attributeCondition", 4096, { assertion: undefined }, spend);
  return program.evaluate(program.expr, { assertion: jsonValue(assertion) });
};
const nested = (levels: number, list: (name: string) => string) => {
  const names = Array.from({ length: levels }, (_, index) => `x${index}`);
  const open = names.slice(1).map((name, index) => `${list(`x${index}`)}.map(${name}, `);
  return `[assertion.sub].map(x0, ${open.join("")}x${levels - 1} == x${levels - 1}${")".repeat(levels)}`;
};

describe("trust/parties/gcp/evaluate/budget", function () {
  // The budget counts steps, not time; without it none of these would end today.
  this.timeout(120_000);
  for (const [what, text] of [
    ["macros in macros", "assertion.many.all(x, assertion.many.all(y, assertion.many.all(z, true)))"],
    [
      "the same, hidden behind a truth",
      "assertion.many.all(x, assertion.many.all(y, assertion.many.all(z, true))) || true",
    ],
    ["macros that fail at each turn", "assertion.many.all(x, assertion.many.all(y, assertion.many.exists(z, z.a)))"],
    ["a text that doubles", nested(60, (name) => `[${name} + ${name}]`)],
    ["a list that doubles", nested(60, (name) => `[[${name}, ${name}]]`)],
    ["a map that doubles", nested(60, (name) => `[{'a': ${name}, 'b': ${name}}]`)],
    ["a pattern with many copies", "assertion.long.matches('(a{30}){30}b')"],
    ["a pattern of many patterns", `assertion.long.matches('${"a{500}".repeat(100)}')`],
    ["a text looked at often", "assertion.many.all(x, assertion.long.contains('b') || true)"],
    ["texts that grow", `${"assertion.many.all(x, assertion.long.replace('a', 'aaaaaaaaa').size() > 1)"}`],
  ] as const) {
    it(`ends ${what}`, () => refused(() => evaluate(text), "GCP_EXPRESSION_TOO_COSTLY"));
  }

  for (const text of [
    "assertion.many.exists(x, x == 'group-999')",
    "assertion.many.map(x, x + 'a').filter(x, x.endsWith('9a')).size() == 100",
    "assertion.many.exists(x, ['a', 'b', 'group-999'].exists(y, x == y))",
    "assertion.sub.matches('^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')",
    "assertion.long.matches('^(a|b)*$')",
    nested(10, (name) => `[${name} + ${name}]`),
  ]) {
    it(`is enough for ${text.slice(0, 90)}`, () => assert.ok("value" in evaluate(text)));
  }

  it("is for all that is evaluated with it", () => {
    const spend = newBudget();
    const text = "assertion.many.map(x, x + 'a').size() == 1000";
    refused(() => {
      for (let time = 0; time < 20; time += 1) {
        evaluate(text, spend);
      }
    }, "GCP_EXPRESSION_TOO_COSTLY");
    assert.deepEqual(evaluate(text), { value: true });
  });

  it("keeps texts that replace() and join() make short", () => {
    for (const text of [
      "assertion.long.replace('a', assertion.long).size() > 1",
      "assertion.many.join(assertion.long.replace('a', 'aa')).size() > 1",
    ]) {
      const outcome = evaluate(text);
      assert.ok("error" in outcome && /more than 100000 characters/.test(outcome.error), text);
    }
  });
});
