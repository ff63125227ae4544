import * as pulumi from "@pulumi/pulumi";

/**
 * Runs a check at once on an argument that is plain all through, so that a mistake is refused before anything is created.
 * What holds an Output or a promise is checked when it resolves, by whoever consumes it.
 */
export function checkWhenPlain<T>(value: T | undefined, check: (value: pulumi.Unwrap<T>) => void): void {
  if (value !== undefined && isPlain(value)) {
    check(value as pulumi.Unwrap<T>);
  }
}

/** Whether a value, and everything in it, is known now: no Output and no promise. */
export function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return true;
  }
  return !pulumi.Output.isInstance(value) && !(value instanceof Promise) && Object.values(value).every(isPlain);
}
