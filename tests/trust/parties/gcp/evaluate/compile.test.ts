import assert from "node:assert/strict";
import { compile } from "../../../../../trust/parties/gcp/evaluate/compile";
import { jsonValue } from "../../../../../trust/parties/gcp/evaluate/json-value";
import { refused } from "../../../../helpers/refused";

const VARIABLES = { assertion: undefined, google: ["subject"], attribute: ["team"] };
const ASSERTION = {
  sub: "system:serviceaccount:pulumi:deployer",
  n: 5,
  half: 1.5,
  big: 1e6,
  none: null,
  groups: ["a", "b"],
  constructor: { name: "Object" },
};
const read = (text: string) => compile(text, "attributeCondition", 4096, VARIABLES);
const evaluate = (text: string) => {
  const program = read(text);
  return program.evaluate(program.expr, { assertion: jsonValue(ASSERTION) });
};

describe("trust/parties/gcp/evaluate/compile", () => {
  for (const [text, value] of [
    ["assertion.sub.split(':')[3]", "deployer"],
    ["'a,b'.split(';').size()", 1n],
    ["'😀a'.split('').size()", 2n],
    ["['a','b'].join() + ['c'].join('-') + ['d','e'].join('-')", "abcd-e"],
    ["'ÄbC'.lowerAscii() + 'äBc'.upperAscii()", "ÄbcäBC"],
    ["'a.b.c'.replace('.', '$&')", "a$&b$&c"],
    ["'ab'.replace('', '-')", "-a-b-"],
    ["string(assertion.n) + string(7) + string(true) + string('x')", "57truex"],
    ["string(assertion.n - 5.0)", "0"],
    ["int('-12')", -12n],
    ["int(assertion.half)", 1n],
    ["double('1.5e1')", 15],
    ["assertion.n == 5 && assertion.n < 6 && assertion.n > 4.5", true],
    ["has(assertion.none) && assertion.none == null", true],
    ["has(assertion.missing)", false],
    ["assertion.constructor.name", "Object"],
    ["has(assertion.toString)", false],
    ["assertion.groups.map(g, g + '1').join(',')", "a1,b1"],
    ["assertion.groups.filter(g, g != 'a').size()", 1n],
    ["'a😀b'.matches('^a.b$') && !'a😀b'.matches('^a..b$')", true],
    ["assertion.sub.matches('^system:') && !assertion.sub.matches('^service')", true],
    ["[1].exists(assertion, assertion == 1)", true],
  ] as const) {
    it(`gives ${String(value)} for ${text}`, () => assert.deepEqual(evaluate(text), { value }));
  }

  for (const [text, error] of [
    ["assertion.missing", /missing/],
    ["assertion.toString", /toString/],
    ["assertion.__proto__", /__proto__/],
    ["assertion.groups[2]", /./],
    ["assertion.sub + 1", /overload/],
    ["int('')", /not of type int/],
    ["int(' 5')", /not of type int/],
    ["int('0x10')", /not of type int/],
    ["int('9223372036854775808')", /64 bits/],
    ["double('')", /not of type double/],
    ["double('x')", /not of type double/],
    ["string(assertion.half)", /not documented/],
    ["string(assertion.big)", /not documented/],
    ["[assertion.n].join(',')", /list of texts/],
    ["assertion.sub.extract(assertion.sub)", /not a template/],
    ["assertion.sub.extract('a')", /not a template/],
    ["assertion.sub.matches('(')", /./],
    ["assertion.sub.matches('(?=a)')", /./],
  ] as const) {
    it(`gives no value for ${text}`, () => {
      const outcome = evaluate(text);
      assert.ok(
        "error" in outcome,
        JSON.stringify(outcome, (_, value) => String(value)),
      );
      assert.match(outcome.error, error);
    });
  }

  for (const [what, text, column] of [
    ["nothing", "", 1],
    ["a text that doesn't end", "assertion.sub == 'a", 15],
    ["an assignment", "assertion.sub = 'a'", 15],
    ["an optional", "assertion.?sub == 'a'", 10],
    ["an unknown variable", "sub == 'a'", 1],
    ["a variable of JavaScript", "constructor == 1", 1],
    ["a macro's variable outside of it", "assertion.groups.exists(g, g == 'a') && g == 'a'", 41],
    ["a condition's variable that is not mapped", "attribute.name == 'a'", 10],
    ["the same by index", "attribute['name'] == 'a'", 10],
    ["a Google attribute that there isn't", "google.groups == 'a'", 7],
    ["a function Google doesn't document", "'%s'.format(['a']) == 'a'", 5],
    ["a function of every object", "assertion.toString() == 'a'", 10],
    ["a method as a function", "startsWith(assertion.sub, 'a')", 1],
    ["a limit that Google doesn't document", "assertion.sub.split(':', 2)[0] == 'a'", 14],
    ["a clock", "timestamp('2026-01-01T00:00:00Z') == 1", 1],
    ["a macro without a variable", "assertion.groups.exists(1, true)", 17],
    ["a message", "Any{a: 1} == 1", 1],
    ["a number of 65 bits", "assertion.n == 9223372036854775808", 16],
  ] as const) {
    it(`refuses ${what}, and says where`, () => {
      assert.throws(
        () => read(text),
        (error: Error & { where?: string }) => {
          refused(() => read(text), "GCP_EXPRESSION_INVALID");
          assert.match(error.where ?? "", /^attributeCondition, line 1, column \d+$/);
          assert.equal(Number(error.where?.match(/\d+$/)), column, error.message);
          return true;
        },
      );
    });
  }

  it("counts lines", () => {
    refused(
      () => read("assertion.sub == 'a' &&\n  sub == 'b'"),
      "GCP_EXPRESSION_INVALID",
      "attributeCondition, line 2, column 3",
    );
  });

  it("compares numbers of different types, as CEL does, and what is known only at the exchange", () => {
    assert.deepEqual(evaluate("1 < 1.5 && assertion.n == 5.0 && assertion.sub != 5"), { value: true });
  });

  it("admits as many characters as Google", () => {
    const fits = `'${"a".repeat(4096 - 9)}' == ''`;
    assert.equal(fits.length, 4096 - 1);
    assert.doesNotThrow(() => read(`${fits} `));
    refused(() => read(`${fits}  `), "GCP_EXPRESSION_INVALID", "attributeCondition");
  });

  for (const [what, text] of [
    ["brackets", `${"(".repeat(2000)}true${")".repeat(2000)}`],
    ["lists", `${"[".repeat(2000)}${"]".repeat(2000)} == []`],
    ["calls", `${"size(".repeat(700)}''${")".repeat(700)} == 1`],
    ["sums", `${"''+".repeat(900)}'' == ''`],
    ["conditionals", `${"true?true:".repeat(400)}true`],
    ["fields", `assertion${".a".repeat(2000)}`],
  ] as const) {
    it(`refuses ${what} that are nested too deep`, () => refused(() => read(text), "GCP_EXPRESSION_INVALID"));
  }

  for (const [what, text] of [
    ["within another", "assertion.groups.all(g, assertion.groups.exists(h, g == h))"],
    ["within another, hidden behind a truth", "assertion.groups.all(g, assertion.groups.all(h, true)) || true"],
    ["behind another", "assertion.groups.map(g, g + g).map(g, g + g).size() > 0"],
    ["deep within another", "assertion.groups.all(g, 'a' + string(['b'].map(h, h).size()) == g)"],
  ] as const) {
    it(`does not evaluate a macro ${what}`, () =>
      refused(() => evaluate(text), "GCP_EXPRESSION_TOO_COSTLY", "attributeCondition"));
  }

  it("evaluates two macros beside each other", () => {
    const text = "assertion.groups.exists(g, g == 'a') && assertion.groups.exists(g, g == 'b')";
    assert.deepEqual(evaluate(text), { value: true });
  });

  it("keeps texts that replace() and join() make short", () => {
    const long = `'${"a".repeat(1000)}'`;
    for (const text of [`${long}.replace('a', ${long})`, `${long}.split('').join('${"a".repeat(200)}')`]) {
      const outcome = evaluate(text);
      assert.ok("error" in outcome && /more than 100000 characters/.test(outcome.error), text);
    }
  });

  it("takes long conjunctions and lists, which are not deep", () => {
    assert.deepEqual(evaluate(`true${" && true".repeat(500)}`), { value: true });
    assert.deepEqual(evaluate(`'x' in [${"'a', ".repeat(700)}'x']`), { value: true });
  });

  it("parts a conjunction, and nothing else", () => {
    const parts = (text: string) => read(text).conjuncts.map((part) => part.text);
    assert.deepEqual(parts("assertion.n == 5 && (assertion.half > 1.0 && true) && assertion.sub == 'a'"), [
      "assertion.n == 5",
      "assertion.half > 1.0",
      "true",
      'assertion.sub == "a"',
    ]);
    assert.deepEqual(parts("assertion.flag || assertion.n == 5"), ["assertion.flag || assertion.n == 5"]);
    assert.deepEqual(parts("assertion.groups.all(g, g == 'a' && g == 'b')").length, 1);
  });
});
