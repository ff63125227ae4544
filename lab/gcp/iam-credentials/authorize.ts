import type { GcpIam, ServiceAccount } from "../iam";
import { type AccessTokens, GcpApiError, type GcpPrincipal } from "../oauth";
import { type ActAsPermission, hasPermission } from "./permissions";

/** Scopes that cover the API; one of them is needed (IAM Service Account Credentials API, "Authorization scopes"). */
const SCOPES = ["https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/iam"];

/** Who calls, by the `Authorization` header. */
export function callerOf(accessTokens: AccessTokens, authorization: string | undefined): GcpPrincipal {
  const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
  const grant = token === undefined ? undefined : accessTokens.find(token);
  if (grant === undefined) {
    throw new GcpApiError(
      "UNAUTHENTICATED",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
    );
  }
  if (!grant.scopes.some((scope) => SCOPES.includes(scope))) {
    throw new GcpApiError("PERMISSION_DENIED", "Request had insufficient authentication scopes.", {
      reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
      metadata: { service: "iamcredentials.googleapis.com" },
    });
  }
  return grant.principal;
}

/** What a call to the API asks leave for. */
export interface ActAsRequest {
  caller: GcpPrincipal;
  /** The service account to act as. */
  account: ServiceAccount;
  /** Accounts that lead there, the caller's first; usually none. */
  delegates: ServiceAccount[];
  permission: ActAsPermission;
}

/**
 * Refuses (403) unless the caller has the permission on the account. With delegates each must be allowed to delegate
 * through the next, and the last has to have the permission (API reference, field `delegates`).
 */
export function authorize(iam: GcpIam, { caller, account, delegates, permission }: ActAsRequest): void {
  let principal = caller;
  for (const delegate of delegates) {
    check(iam, principal, delegate, "iam.serviceAccounts.implicitDelegation");
    principal = { kind: "serviceAccount", email: delegate.email };
  }
  check(iam, principal, account, permission);
}

function check(iam: GcpIam, principal: GcpPrincipal, account: ServiceAccount, permission: ActAsPermission): void {
  if (hasPermission(iam, principal, account, permission)) {
    return;
  }
  throw new GcpApiError("PERMISSION_DENIED", `Permission '${permission}' denied on resource (or it may not exist).`, {
    reason: "IAM_PERMISSION_DENIED",
    metadata: { permission },
  });
}
