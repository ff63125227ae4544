import * as pulumi from "@pulumi/pulumi";
import { type Check, checkNow, isKnown } from "./lib";

/**
 * Runs the checks whose arguments are known now.
 *
 * @returns the arguments, as an Output that resolves when those that were not known have passed too
 */
export function checked<A extends object>(
  args: A,
  checks: readonly Check<pulumi.Unwrap<NoInfer<A>>>[],
): pulumi.Output<pulumi.Unwrap<A>> {
  checkNow(args, checks);
  if (isKnown(args)) {
    return outputOf(args);
  }
  return outputOf(args).apply((known) => {
    checkNow<object>(known, checks);
    return known;
  });
}

/**
 * An Output of an object: what `pulumi.output` makes, which however makes Outputs of all it holds, two dozen promises each. Here
 * only the fields that are not known yet make some.
 */
export function outputOf<T extends object>(value: T): pulumi.Output<pulumi.Unwrap<T>> {
  const pending = Object.entries(value).filter(([, field]) => !isKnown(field));
  const resolved = pulumi.output<object | undefined>(pending.length === 0 ? undefined : Object.fromEntries(pending));
  return resolved.apply((known) => ({ ...value, ...known }) as pulumi.Unwrap<T>);
}
