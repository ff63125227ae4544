import { OidcRunnerError } from "../../../trust";

/** The text the engine puts in place of a value that is not known before the update (Pulumi provider protocol). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A refused input, as the provider protocol names it. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/**
 * Runs a check for each input that is given and known, all through; what they throw becomes the engine's list of failures.
 * What is unknown in a preview is checked in the update, before anything is written.
 */
export function checkInputs<T extends object>(
  inputs: T,
  checks: { [K in keyof T]?: (value: NonNullable<T[K]>) => void },
): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const property of Object.keys(checks) as (keyof T & string)[]) {
    const value = inputs[property];
    if (value === undefined || value === null || holdsUnknown(value)) {
      continue;
    }
    failures.push(...failureOf(property, () => checks[property]?.(value)));
  }
  return failures;
}

/** What a check of several inputs together throws, as the engine's failure of one of them; none when it passes. */
export function failureOf(property: string, check: () => void): CheckFailure[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof OidcRunnerError)) {
      throw error;
    }
    return [{ property, reason: error.message }];
  }
}

/** Whether a value, or anything in it, is not known before the update. */
export function holdsUnknown(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.values(value).some(holdsUnknown) : value === UNKNOWN;
}
