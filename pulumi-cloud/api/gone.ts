import { OidcRunnerError } from "../../trust";
import type { CloudClient } from "./client";
import { CloudApiError } from "./errors";

/** Whether an answer may mean that an issuer is gone: 404, or 400 "Invalid issuer ID" to a request for its policy. */
export function mayBeGone(error: unknown): error is CloudApiError {
  return error instanceof CloudApiError && (error.status === 404 || error.status === 400);
}

/**
 * Returns when an issuer is gone, because the list of issuers lacks it. A 404 alone does not say so: the service answers it
 * also for what the token may not see, and what is taken for gone leaves the state while it goes on admitting tokens.
 *
 * @param missing the answer that made one ask
 * @throws OidcRunnerError `ISSUER_NOT_VISIBLE`; a 400 as it is; and what else the list ends with
 */
export async function confirmGone(client: CloudClient, issuerId: string, missing: CloudApiError): Promise<void> {
  let why: string;
  try {
    if (!(await client.listIssuers()).some(({ id }) => id === issuerId)) {
      return;
    }
    why = "it is in the list of issuers";
  } catch (error) {
    if (!(error instanceof CloudApiError) || error.status === 429 || error.status >= 500) {
      throw error;
    }
    why = `the list of issuers answers ${error.status}`;
  }
  if (missing.status !== 404) {
    throw missing;
  }
  throw new OidcRunnerError(
    "ISSUER_NOT_VISIBLE",
    `issuer ${issuerId} or its policy can't be seen with this access token: the answer is 404, but ${why}`,
    {
      where: missing.where,
      fix: "use a token whose role has the scopes oidc_issuers:* and auth_policies:* (README, First run), and check organization and apiUrl; nothing was changed",
      cause: missing,
    },
  );
}

/** The error for an id that no issuer has. */
export function issuerNotFound(issuerId: string, cause?: unknown): OidcRunnerError {
  return new OidcRunnerError("ISSUER_NOT_FOUND", `the organization has no issuer ${issuerId}`, {
    where: "issuerId",
    fix: "if it was deleted, run 'pulumi up --refresh' to register it again; else check organization and id",
    cause,
  });
}
