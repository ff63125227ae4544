import type { Finding } from "../../finding";
import type { Condition } from "./conditions";

/** Finds claims of which a statement's conditions ask what no value can be: they are all to be met, not any. */
export function checkContradictions(conditions: readonly Condition[]): Finding[] {
  const known = conditions.filter((condition) => condition.known && !condition.ifExists && condition.set === undefined);
  const claims = new Set(known.map(({ claim }) => claim));
  return [...claims].flatMap((claim) => contradiction(known.filter((condition) => condition.claim === claim)));
}

function contradiction(conditions: readonly Condition[]): Finding[] {
  const [first, ...others] = conditions;
  const last = others.at(-1);
  if (first === undefined || last === undefined || canBeMet(conditions)) {
    return [];
  }
  return [
    {
      name: "CONTRADICTORY_CONDITIONS",
      severity: "error",
      path: last.path,
      message: `no ${first.claim} meets all of ${conditions.map(({ base }) => base).join(" and ")}: operators are joined by and`,
      fix: "give all values to one operator (StringLike takes exact ones too), or write two statements",
    },
  ];
}

/** Only values that are written in full are tried; of two patterns nothing is said. */
function canBeMet(conditions: readonly Condition[]): boolean {
  const positive = conditions.filter(({ operator }) => operator !== undefined && !operator.negated);
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
