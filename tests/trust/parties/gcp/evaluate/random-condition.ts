import fc from "fast-check";

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

/** A condition over claims, with errors and types that don't fit among them. */
export const condition = fc.letrec<{ text: string; list: string; number: string; bool: string }>((tie) => ({
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
      .tuple(tie("text"), fc.constantFrom("^a", "b$", "^[ab]+$", "a.+b", "^(a|b):", "x?", "\\\\d"))
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

/** Claims such conditions ask for, some of them missing. */
export const claims = fc
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
