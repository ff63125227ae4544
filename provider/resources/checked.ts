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
  const areDone = isKnown(args);
  return pulumi.output(args).apply((known) => {
    if (!areDone) checkNow<object>(known, checks);
    return known;
  });
}
