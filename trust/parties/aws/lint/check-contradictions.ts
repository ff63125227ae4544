import type { Finding } from "../../../lint";
import { asksForValue, type Condition, isList } from "./conditions";

/**
 * Finds claims of which a statement's conditions ask what no value can be: they are all to be met, not any. Of claims that
 * can have several values nothing is said, as each condition may be met by another one.
 */
export function checkContradictions(conditions: readonly Condition[]): Finding[] {
  const decisive = conditions.filter(
    (condition) => condition.known && !condition.ifExists && condition.set === undefined && !isList(condition),
  );
  const claims = new Set(decisive.map(({ claim }) => claim));
  return [...claims]
    .map((claim) => decisive.filter((condition) => condition.claim === claim))
    .filter((group) => !canBeMet(group))
    .map(contradiction);
}

function contradiction(conditions: readonly Condition[]): Finding {
  const { claim, path } = conditions.at(-1) as Condition;
  return {
    name: "CONTRADICTORY_CONDITIONS",
    severity: "error",
    path,
    message: `no ${claim} meets all of ${conditions.map(({ base }) => base).join(" and ")}: operators are joined by and`,
    fix: "give all values to one operator (StringLike takes exact ones too), or write two statements",
  };
}

/** Only values that are written in full are tried; of two patterns nothing is said. */
function canBeMet(conditions: readonly Condition[]): boolean {
  const positive = conditions.filter(asksForValue);
  if (conditions.some(isNull("true"))) {
    return positive.length === 0 && !conditions.some(isNull("false"));
  }
  const exact = positive.find(({ base }) => base === "StringEquals");
  return (
    exact === undefined ||
    exact.values.some((value) =>
      conditions.every(({ operator, values }) => {
        return operator === undefined || values.some((item) => operator.matches(value, item)) !== operator.negated;
      }),
    )
  );
}

function isNull(answer: string) {
  return ({ base, values }: Condition): boolean =>
    base === "Null" && values.every((value) => value.toLowerCase() === answer);
}
