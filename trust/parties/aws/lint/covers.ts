import { coversPattern } from "../../../pattern";
import type { Operator } from "../evaluate";
import { type Condition, valueShape } from "./conditions";

/** An operator with its values. */
interface Comparison extends Pick<Condition, "base" | "values"> {
  operator: Operator;
}

/** Operators that take exactly what is written but for wildcards. The others take more. */
const LETTERS = /^(String|Arn)(Equals|Like)$/;
const WILDCARD = /[*?]/;

/** Characters no document holds: for a dot, which is not a wildcard of IAM, and for a star or question mark that is none. */
const DOT = "\uE000";
const PLAIN = "\uE001";

/** Whether a comparison takes all values that a condition on the same claim admits. A yes is certain, a no is not. */
export function coversAll({ base, operator, values }: Comparison, { base: how, values: texts }: Condition): boolean {
  const covers = (text: string) => {
    const shape = valueShape(how, text);
    // One value must do for a pattern: which lengths several take together is not looked at.
    return WILDCARD.test(shape)
      ? base === "StringLike" && values.some((value) => coversPattern(tokens(value, value), tokens(text, shape)))
      : values.some((value) => operator.matches(text, value));
  };
  return LETTERS.test(how) && texts.every(covers);
}

/** Whether a comparison takes none of the values that a condition on the same claim admits. A yes is certain, a no is not. */
export function coversNone({ operator, values }: Comparison, { base: how, values: texts }: Condition): boolean {
  const isApart = (text: string) =>
    !WILDCARD.test(valueShape(how, text)) && !values.some((value) => operator.matches(text, value));
  return LETTERS.test(how) && texts.every(isApart);
}

/** A pattern of IAM as one of Pulumi Cloud, whose `.` is what IAM's `?` is. */
function tokens(pattern: string, shape: string): string {
  return pattern.replace(/[*?.]/g, (character, index: number) => {
    if (character === ".") {
      return DOT;
    }
    return shape[index] !== character ? PLAIN : character === "*" ? "*" : ".";
  });
}
