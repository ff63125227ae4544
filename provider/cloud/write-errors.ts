import { OidcRunnerError } from "../errors";
import type { PolicyDefinition } from "../trust/policy";
import { CloudApiError } from "./api-error";

/** Something may have been written. A new error each time: whoever gets it adds what is to be kept in state. */
export function uncertain(issuerId: string, cause: unknown): OidcRunnerError {
  const why =
    cause instanceof Error && (cause as OidcRunnerError).code !== "POLICY_CONTENDED"
      ? cause.message
      : "other writers kept changing it";
  return new OidcRunnerError(
    "POLICY_WRITE_UNCERTAIN",
    `the policy was changed, but that could not be confirmed: ${why}`,
    {
      where: `issuer ${issuerId}`,
      fix: "run 'pulumi up' again: it takes up where this one ended",
      cause,
    },
  );
}

/** Whether an error says that something may have been written. */
export function isUncertain(error: unknown): error is OidcRunnerError {
  return error instanceof OidcRunnerError && error.code === "POLICY_WRITE_UNCERTAIN";
}

/** Nothing was written. */
export function contended(issuerId: string): OidcRunnerError {
  return new OidcRunnerError("POLICY_CONTENDED", "the policy could not be read and written within the quiet window", {
    where: `issuer ${issuerId}`,
    fix: "run 'pulumi up' again when Pulumi Cloud answers faster",
  });
}

/** Says of a refused write what can be the reason, where our own definitions are in order. */
export function refusedWrite(error: unknown, definitions: readonly PolicyDefinition[]): unknown {
  const fix = error instanceof CloudApiError && error.status === 400 ? fixFor(error, definitions) : undefined;
  if (fix === undefined) {
    return error;
  }
  const { code, what, where } = error as CloudApiError;
  return new OidcRunnerError(code, what, { where, fix, cause: error });
}

function fixFor({ what }: CloudApiError, definitions: readonly PolicyDefinition[]): string | undefined {
  if (what.includes("strict matching portion")) {
    // Ours were checked.
    return "the issuer's policy has an entry of others that Pulumi Cloud does not take back: give its rules a literal part, or remove it";
  }
  // pulumi/pulumi-pulumiservice#547: "to prevent API validation errors"; whether for the edition or the pool is not known.
  return definitions.some(({ tokenType }) => tokenType === "runner")
    ? "check runnerID: Pulumi Cloud may refuse policies for runner tokens, for a pool it does not know or in some editions"
    : undefined;
}
