import type { IssuerRecord } from "../issuers";
import { matchesGlob } from "../pattern";
import type { PartyFinding } from "./finding";
import { rulesOn, type Subject, shapeOf } from "./rules-view";

/** One comparison of a claim, of those that must all hold. Its values are alternatives. */
export interface Comparison {
  keys: string[];
  /** Compared exactly; otherwise `*` is any characters and `?` one. */
  exact: boolean;
  values: string[];
  /** The claim is a list that has the value among others. Default: the claim is the value. */
  among?: true;
  path: string;
}

/** Finds values with stars where a star is a letter: no token has them. */
export function checkLiterals(comparisons: readonly Comparison[]): PartyFinding[] {
  return comparisons.flatMap(({ exact, values, path, keys }) => {
    const value = exact ? values.find((text) => text.includes("*")) : undefined;
    if (value === undefined) {
      return [];
    }
    return [
      {
        name: "LITERAL_WILDCARD",
        severity: "error",
        path,
        message: `"${value}" is compared with ${keys.join(".")} exactly, so no token has it`,
        fix: "name the value in full, or compare by what takes patterns",
      },
    ];
  });
}

/** Finds claims that would have to be two values at once. */
export function checkConflicts(comparisons: readonly Comparison[]): PartyFinding[] {
  return comparisons.flatMap((comparison, index) => {
    const { keys, path } = comparison;
    const others = comparisons.slice(0, index).filter((other) => other.keys.join("\n") === keys.join("\n"));
    const conflicting = others.find((other) => !canBoth(other, comparison));
    if (conflicting === undefined) {
      return [];
    }
    return [
      {
        name: "CONTRADICTORY_CONDITIONS",
        severity: "error",
        path,
        message: `no ${keys.join(".")} is both ${conflicting.values.join(" or ")} and ${comparison.values.join(" or ")}`,
        fix: "leave out one of them",
      },
    ];
  });
}

/** Of two patterns nothing is said, and a list may have any values. */
function canBoth(one: Comparison, other: Comparison): boolean {
  if (one.among || other.among) {
    return true;
  }
  const [exact, rest] = one.exact ? [one, other] : [other, one];
  const matches = (value: string) =>
    rest.values.some((item) => (rest.exact ? item === value : matchesGlob(item, value)));
  return !exact.exact || exact.values.some(matches);
}

/** The finding for rules that don't say whose token it is, unless one of them does. */
export function missingSubject(subject: Subject, path: string, fix: string): PartyFinding[] {
  if (rulesOn(subject, "sub").length > 0) {
    return [];
  }
  return [
    {
      name: "MISSING_SUBJECT",
      severity: "error",
      path,
      message: "nothing says whose token it is: others who use this issuer may fulfil the rest",
      fix,
    },
  ];
}

/**
 * Comparisons that must all hold, as the checks see them: to these, rules on one claim are alternatives, so the tightest of
 * a claim's comparisons stands for all. Wildcards are `*` and `?`.
 */
export function subjectOf(comparisons: readonly Comparison[], issuer: IssuerRecord | undefined): Subject {
  const tightest = new Map<string, Comparison>();
  for (const comparison of comparisons) {
    const claim = comparison.keys.join("\n");
    if (!tightest.has(claim) || comparison.exact) {
      tightest.set(claim, comparison);
    }
  }
  const rules = [...tightest.values()].flatMap(({ keys, exact, values, path }) =>
    values.map((pattern) => ({ keys, pattern, shape: shapeOf(pattern, exact ? "" : "*?"), path })),
  );
  return { issuer, rules };
}
