import { OidcRunnerError } from "../errors";

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
