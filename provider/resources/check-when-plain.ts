import type * as pulumi from "@pulumi/pulumi";

/**
 * Runs a check at once on an argument that is a plain value, so that a mistake is refused before anything is created.
 * Outputs and promises are checked when they resolve, by whoever consumes them.
 */
export function checkWhenPlain<T extends string | number | boolean>(
  value: pulumi.Input<T> | undefined,
  check: (value: T) => void,
): void {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    check(value);
  }
}
