import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../pulumi-cloud/issuers";
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
 * An Output of an object: what `pulumi.output` makes, which however makes Outputs of all it holds, a dozen promises each. Here
 * what is known makes one, and what is undefined none.
 */
export function outputOf<T extends object>(value: T): pulumi.Output<pulumi.Unwrap<T>> {
  return isKnown(value)
    ? pulumi.output(undefined).apply(() => value as pulumi.Unwrap<T>)
    : pulumi.output(defined(value));
}
