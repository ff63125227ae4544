import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";

/** The text the engine puts in place of a value that is not known before the update (Pulumi provider protocol). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A check of arguments of which some may not be known yet, as {@link checksOf} makes it. */
export interface Check<T> {
  /** The argument a failure is told of. */
  property: string;
  /** Arguments that must be known all through, if they are given. */
  needs: readonly string[];
  run(known: Partial<T>, given: Given<T>): void;
}

type Given<T> = { readonly [K in keyof T]?: unknown };

/** A refused input, as the provider protocol names it. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** Makers of the checks of one class, by the plain type of its arguments. */
export function checksOf<T extends object>() {
  type Key = keyof T & string;
  type Element<K extends Key> = NonNullable<T[K]> extends readonly (infer E)[] ? E : never;
  return {
    /** Checks one argument, if it is given. */
    one: <K extends Key>(property: K, run: (value: NonNullable<T[K]>, where: string) => void): Check<T> => ({
      property,
      needs: [property],
      run: ({ [property]: value }) => {
        if (value !== undefined && value !== null) run(value, property);
      },
    }),
    /** Checks several arguments together, if the first of them is given. */
    several: <K extends Key>(needs: readonly [K, ...K[]], run: (known: Pick<T, K>) => void): Check<T> => ({
      property: needs[0],
      needs,
      run: (known) => {
        if (known[needs[0]] !== undefined) run(known as Pick<T, K>);
      },
    }),
    /** Checks the settings in one argument: all together if they are known, else those that are. */
    settings: <K extends Key>(property: K, run: (known: Partial<NonNullable<T[K]>>) => void): Check<T> => ({
      property,
      needs: [],
      run: (_known, { [property]: settings }) => {
        if (typeof settings === "object" && settings !== null && !isPending(settings)) {
          const known = Object.entries(settings).filter(([, value]) => isKnown(value));
          run(Object.fromEntries(known) as Partial<NonNullable<T[K]>>);
        }
      },
    }),
    /** Checks the known elements of a list that is not known all through, so that one Output hides no mistake in the others. */
    each: <K extends Key, N extends Key>(
      property: K,
      needs: readonly N[],
      run: (element: Element<K>, where: string, known: Pick<T, N>) => void,
    ): Check<T> => ({
      property,
      needs,
      run: (known, { [property]: list }) => {
        if (Array.isArray(list) && !isKnown(list)) {
          list.forEach((element, index) => {
            if (isKnown(element)) run(element, `${property}[${index}]`, known as Pick<T, N>);
          });
        }
      },
    }),
    /** Checks which arguments are given, known or not, or what is known of them. */
    options: (property: Key, run: (given: Given<T>, known: Partial<T>) => void): Check<T> => ({
      property,
      needs: [],
      run: (known, given) => run(given, known),
    }),
  };
}

/** Runs every check whose arguments are known now, so that a mistake is refused before anything is registered. */
export function checkNow<A extends object>(args: A, checks: readonly Check<pulumi.Unwrap<NoInfer<A>>>[]): void {
  for (const { run } of due(args, checks)) {
    run();
  }
}

/** Runs the checks whose inputs are known, as the provider protocol wants it; the others run in the update, before anything is written. */
export function checkInputs<T extends object>(inputs: T, checks: readonly Check<T>[]): CheckFailure[] {
  return due(inputs, checks).flatMap(({ property, run }) => {
    try {
      run();
      return [];
    } catch (error) {
      if (error instanceof OidcRunnerError) return [{ property, reason: error.message }];
      throw error;
    }
  });
}

/** The arguments, with an empty text for one that is missing: programs run without a type check too, and `config.get` may give nothing. */
export function required<A extends object>(args: A, ...names: (keyof A)[]): A {
  return { ...args, ...Object.fromEntries(names.map((name) => [name, args[name] ?? ""])) };
}

/** Whether a value, and everything in it, is known: no Output, no promise, and not the engine's text for what is not known. */
export function isKnown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return value !== UNKNOWN;
  }
  return !isPending(value) && Object.values(value).every(isKnown);
}

/** Whether a value is an Output, by its mark as in the SDK, which the provider process does not load, or a promise. */
export function isPending(value: object): boolean {
  return "__pulumiOutput" in value || value instanceof Promise;
}

function due<T>(given: object, checks: readonly Check<T>[]): { property: string; run: () => void }[] {
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => isKnown(value)));
  const isDue = (name: string) => name in known || !(name in given);
  return checks
    .filter(({ needs }) => needs.every(isDue))
    .map(({ property, run }) => ({ property, run: () => run(known as Partial<T>, given) }));
}
