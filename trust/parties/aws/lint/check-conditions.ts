import { type Finding, saysNothing } from "../../../lint";
import { type Condition, isList } from "./conditions";

/** Finds conditions that don't say what they seem to, in an allow as in a deny. */
export function checkEffect(conditions: readonly Condition[], issuer: string): Finding[] {
  return conditions.flatMap((condition) => {
    if (condition.claim === undefined) {
      return [foreign(condition, issuer)];
    }
    if (!condition.known) {
      return [unknown(condition)];
    }
    return literalWildcard(condition);
  });
}

/** Finds conditions of an allow that a token fulfils by not having the claim. */
export function checkAbsence(conditions: readonly Condition[]): Finding[] {
  return conditions.flatMap((condition) => {
    const { set, claim, base, ifExists, values, path } = condition;
    if (claim === undefined) {
      return [];
    }
    if (set !== undefined && !isList(condition)) {
      return [setOperator(condition)];
    }
    if (ifExists || (base === "Null" && values.some((value) => value.toLowerCase() === "true"))) {
      return [
        {
          name: "ADMITS_ABSENT_CLAIM",
          severity: "error",
          path,
          message: `a token without ${claim} fulfils this`,
          fix: ifExists ? `write ${base} without IfExists` : "ask for a value of the claim",
        },
      ];
    }
    return [];
  });
}

function setOperator({ set, claim, base, path }: Condition): Finding {
  const open = set === "ForAllValues";
  return {
    name: "SET_OPERATOR_ON_SINGLE_VALUE",
    severity: open ? "error" : "warning",
    path,
    message: open
      ? `a token without ${claim} fulfils this: all of no values match`
      : `${claim} has one value, and ${set} is for keys that have several`,
    fix: `write ${base} without ${set}:`,
  };
}

function foreign({ key, path }: Condition, issuer: string): Finding {
  const claim = key.slice(key.lastIndexOf(":") + 1);
  const why = key.startsWith("arn:")
    ? "the prefix of a condition key is the issuer, not the ARN of its provider"
    : /^https?:/.test(key)
      ? "the prefix of a condition key is the issuer without its scheme"
      : `tokens of ${issuer} have no such key`;
  return {
    name: "FOREIGN_CONDITION_KEY",
    severity: "error",
    path,
    message: `${key} is not a key of the principal's tokens: ${why}`,
    fix: `write ${issuer}:${claim}`,
  };
}

function unknown({ claim, path }: Condition): Finding {
  return {
    name: "UNKNOWN_CLAIM",
    severity: "error",
    path,
    message: `STS makes no condition key of ${claim} for this issuer, whatever the token holds`,
    fix: "use sub and aud, or a key the IAM User Guide lists for this issuer",
  };
}

function literalWildcard({ base, operator, values, path }: Condition): Finding[] {
  const literal = /String(Not)?Equals/.test(base);
  const excludes = operator?.negated === true;
  const value = values.find((text) => /[*?]/.test(text.replace(/\$\{[^}]*\}/g, "")));
  if (!literal || value === undefined) {
    return [];
  }
  return [
    {
      name: "LITERAL_WILDCARD",
      severity: "error",
      path,
      message: `${base} takes "${value}" exactly, so ${excludes ? "it excludes no token" : "no token has it"}`,
      fix: saysNothing(value)
        ? "name the claim's value"
        : `use ${excludes ? "StringNotLike" : "StringLike"}, or name the value in full`,
    },
  ];
}
