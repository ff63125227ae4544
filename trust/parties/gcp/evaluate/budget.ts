import type { CelEnv, CelResult, CelValue } from "@bufbuild/cel";
import { OidcRunnerError } from "../../../errors";

/**
 * What all expressions of a document may cost together: a step is a part of an expression evaluated, a character or an
 * element looked at. At this bound it takes some tenths of a second; an ordinary condition costs some hundred steps.
 */
const STEPS = 1_000_000;

/** Function that every turn of a macro calls first, with the size of its body. */
export const TURN = "@turn";

type Resolver = CelEnv["funcs"];
type Callable = { call: (id: number, target: CelValue | undefined, args: CelValue[]) => CelResult | undefined };

/** Takes steps off a budget. */
export type Spend = (steps: number) => void;

/** A budget of 1,000,000 steps, whose use throws OidcRunnerError `GCP_EXPRESSION_TOO_COSTLY` when it is used up. */
export function newBudget(): Spend {
  let left = STEPS;
  return (steps) => {
    left -= steps;
    if (left < 0) {
      throw new OidcRunnerError("GCP_EXPRESSION_TOO_COSTLY", `the expressions need more than ${STEPS} steps`, {
        fix: "nest fewer macros (all, exists, map, filter), and match shorter patterns",
      });
    }
  };
}

/**
 * The functions of a CEL environment, counting what they cost. CEL has no loops but macros; these nest, and each level
 * multiplies the cost (or doubles a text), so that a few hundred characters could keep a machine busy for years.
 *
 * The error is thrown around the library's own handling of errors, so that no `||` of the expression can swallow it.
 */
export function metered(funcs: Resolver, spend: Spend, cel: typeof import("@bufbuild/cel")): Resolver {
  /** Looks at no more than what is left can pay for. */
  const spendSize = (value: CelValue) => {
    spend(typeof value === "string" || value instanceof Uint8Array ? value.length + 1 : 1);
    if (cel.isCelList(value)) {
      for (const element of value) {
        spendSize(element);
      }
    } else if (cel.isCelMap(value)) {
      for (const [key, entry] of value) {
        spendSize(key);
        spendSize(entry);
      }
    }
  };
  const spendCall = (name: string, values: CelValue[]) => {
    const [first, second] = values;
    if (name === TURN) {
      spend(Number(first));
    } else if (name === "matches" && typeof first === "string" && typeof second === "string") {
      spend((first.length + 1) * programSize(second));
    } else if (name === "_+_" && cel.isCelList(first) && cel.isCelList(second)) {
      // The elements are not looked at, and map() adds to a list that holds all earlier ones.
      spend(first.size + second.size);
    } else if (name !== "size") {
      values.forEach(spendSize);
    }
  };
  const find = (name: string): Callable | undefined => {
    const group = name === TURN ? { call: () => true } : funcs.find(name);
    return (
      group && {
        call: (id, target, args) => {
          spendCall(name, target === undefined ? args : [target, ...args]);
          const result = group.call(id, target, args);
          if (cel.isCelError(result) && result.cause instanceof OidcRunnerError) {
            throw result.cause;
          }
          return result;
        },
      }
    );
  };
  return Object.create(funcs, { find: { value: find } }) as Resolver;
}

/** At least as many parts as RE2 makes of a pattern: one for each character, times what counted repetitions repeat. */
function programSize(pattern: string): number {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, low, high]) => Number(high || low) + 1);
  // One repetition around another multiplies; RE2 takes no more than 1000 copies of anything.
  const copies = /\)[?*+]*\{/.test(pattern)
    ? counts.reduce((product, count) => Math.min(product * count, 1000), 1)
    : Math.max(1, ...counts);
  return (pattern.length + 1) * copies;
}
