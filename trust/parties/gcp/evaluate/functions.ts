import type { CelFunc } from "@bufbuild/cel";
import { extract } from "./extract";

/** Functions and how many arguments they take, the text or list they are called on not counted. */
export const FUNCTIONS = new Map<string, number[]>(Object.entries({ size: [1], string: [1], int: [1], double: [1] }));
export const METHODS = new Map<string, number[]>(
  Object.entries({
    contains: [1],
    endsWith: [1],
    extract: [1],
    join: [0, 1],
    lowerAscii: [0],
    matches: [1],
    replace: [2],
    size: [0],
    split: [1],
    startsWith: [1],
    upperAscii: [0],
  }),
);
/** Operators as the parser names them, which have the number of arguments they need. */
export const OPERATORS = [
  ...["_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "_[_]"],
  ...["!_", "_&&_", "_||_", "_?_:_", "@not_strictly_false"],
  ...["_+_", "_-_", "_*_", "_/_", "_%_", "-_"],
];

/**
 * What the library lacks or does in another way than the CEL language definition and the strings extension of CEL: a
 * text that is not a number is an error, and an empty separator splits into characters, not into halves of them.
 */
export function ownFunctions({ celFunc, celList, celMethod, CelScalar, listType }: typeof import("@bufbuild/cel")) {
  const { DOUBLE, DYN, INT, STRING } = CelScalar;
  const LIST = listType(DYN);
  const functions: CelFunc[] = [
    celMethod("extract", STRING, [STRING], STRING, function (template) {
      return extract(this, template);
    }),
    celMethod("split", STRING, [STRING], LIST, function (separator) {
      return celList(separator === "" ? [...this] : this.split(separator));
    }),
    celMethod("join", LIST, [], STRING, function () {
      return joined(this, "");
    }),
    celMethod("join", LIST, [STRING], STRING, function (separator) {
      return joined(this, separator);
    }),
    celMethod("lowerAscii", STRING, [], STRING, function () {
      return this.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    }),
    celMethod("upperAscii", STRING, [], STRING, function () {
      return this.replace(/[a-z]/g, (letter) => letter.toUpperCase());
    }),
    celMethod("replace", STRING, [STRING, STRING], STRING, function (old, replacement) {
      return replaced(this, old, replacement);
    }),
    // A plain list, because the library's own would be one level deeper with each element that map() adds.
    celFunc("_+_", [LIST, LIST], LIST, (left, right) => celList([...left, ...right])),
    celFunc("int", [STRING], INT, (text) => int64(text)),
    celFunc("double", [STRING], DOUBLE, (text) => Number(numeral(text, /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/, "double"))),
    celFunc("string", [DOUBLE], STRING, (value) => textOf(value)),
  ];
  return functions;
}

/** Longest text that join() and replace() make. */
const LONGEST = 100_000;

function joined(list: Iterable<unknown>, separator: string): string {
  const parts = [...list];
  if (!parts.every((part) => typeof part === "string")) {
    throw new Error("join() takes a list of texts");
  }
  checkLength(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
  return parts.join(separator);
}

function replaced(text: string, old: string, replacement: string): string {
  const parts = old === "" ? ["", ...text, ""] : text.split(old);
  checkLength(text.length + parts.length * replacement.length);
  return parts.join(replacement);
}

function checkLength(length: number): void {
  if (length > LONGEST) {
    throw new Error(`a text of more than ${LONGEST} characters`);
  }
}

function numeral(text: string, form: RegExp, type: string): string {
  if (!form.test(text)) {
    throw new Error(`"${text}" is not of type ${type}`);
  }
  return text;
}

function int64(text: string): bigint {
  const value = BigInt(numeral(text, /^-?\d+$/, "int"));
  if (value !== BigInt.asIntN(64, value)) {
    throw new Error(`${text} is not an int of 64 bits`);
  }
  return value;
}

/** Implementations of CEL agree on small whole numbers; others are 1.5e+06 or 1500000, and Google doesn't say which. */
function textOf(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) >= 1e6) {
    throw new Error(`the text of ${value} is not documented: string() takes whole numbers below 1000000`);
  }
  return String(value === 0 ? 0 : value);
}
