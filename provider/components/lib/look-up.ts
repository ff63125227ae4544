import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";

/** What to say of a look-up that failed. */
export interface LookUp {
  /** What is looked up, such as `the EKS cluster`. */
  what: string;
  /** The argument it is looked up by. */
  where: string;
  fix: string;
}

/** What an Output is made of, inside the SDK. */
interface Parts<T> {
  promise(withUnknowns: boolean): Promise<T>;
  isKnown: Promise<boolean>;
  isSecret: Promise<boolean>;
}

/** The refusal of a look-up that failed. */
export function lookUpFailed(error: unknown, { what, where, fix }: LookUp): OidcRunnerError {
  const text = error instanceof Error ? error.message : String(error);
  return new OidcRunnerError("CLUSTER_LOOK_UP_FAILED", `${what} can't be looked up: ${text}`, {
    where,
    fix,
    cause: error,
  });
}

/**
 * The answer of a look-up, which fails in our words: the SDK's would be a stack trace through each resource that is made from
 * it. It depends on what the names of the look-up depend on, as the answer does.
 */
export function lookedUp<T>(answer: pulumi.Output<T>, names: pulumi.Input<string>[], lookUp: LookUp): pulumi.Output<T> {
  // As `recover` of the SDK, which 3.200 lacks: the parts of an Output, of which each fails on its own (pulumi/pulumi,
  // sdk/nodejs/output.ts at v3.200.0 and v3.248.0).
  const { promise, isKnown, isSecret } = answer as unknown as Parts<T>;
  for (const part of [isKnown, isSecret]) part.catch(() => undefined);
  const told = promise(true).catch((error: unknown) => {
    throw lookUpFailed(error, lookUp);
  });
  return pulumi.output({ told, names }).apply((known) => known.told as T);
}
