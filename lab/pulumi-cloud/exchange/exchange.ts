import { evaluate } from "../../../trust/parties/pulumi";
import type { PolicyDefinition, TokenRequest } from "../../../trust/policy";
import type { CloudContext } from "../context";
import { ExchangeRefusal } from "../errors";
import type { Issuer, Organization } from "../organization";
import type { ReplayMemory } from "./replay-memory";
import { ACCESS_TOKEN_TYPE, type ExchangeRequest } from "./request";
import { verifySubjectToken } from "./verify-subject-token";

/** Longest life of an access token where the issuer sets none: 25 hours, in seconds. */
const DEFAULT_MAX_EXPIRATION_SECONDS = 90_000;

/** Exchanges a subject token for an access token, or throws {@link ExchangeRefusal}. Returns the answer's body. */
export async function exchange(context: CloudContext, replays: ReplayMemory, request: ExchangeRequest) {
  const organization = context.organizations.get(request.organization);
  if (organization === undefined) {
    // Code, text and status as in a log of pulumi/auth-actions (VilnaCRM-Org/bootstrap-infrastructure, evidence documents).
    const { organization: name } = request;
    throw new ExchangeRefusal("invalid_request", "ORGANIZATION_UNKNOWN", name, `invalid organization ${name}`);
  }
  if (!context.switches.tokenTypes.includes(request.token.tokenType)) {
    throw new ExchangeRefusal("invalid_request", "TOKEN_TYPE_UNAVAILABLE");
  }
  const { issuer, claims } = await verifySubjectToken(context, organization, request.subjectToken);
  if (context.switches.refuseReplay && replays.seenBefore(claims)) {
    throw new ExchangeRefusal("invalid_grant", "TOKEN_REPLAYED");
  }
  const definition = allowing(organization, issuer, claims, request.token);
  requirePrincipal(organization, request.token);

  const now = context.clock();
  const expiresIn = Math.min(request.expiration, issuer.maxExpiration ?? DEFAULT_MAX_EXPIRATION_SECONDS);
  const { tokenType, team, user, runner, admin } = request.token;
  const accessToken = context.tokens.issue({
    tokenType,
    team,
    user,
    runner,
    admin: admin === true,
    roleID: definition.roleID,
    organization: organization.name,
    issuerId: issuer.id,
    name: `oidc:${issuer.name}`,
    expiresAt: now + expiresIn * 1000,
  });
  issuer.lastUsed = now;
  return {
    access_token: accessToken,
    issued_token_type: ACCESS_TOKEN_TYPE + tokenType,
    token_type: "token",
    expires_in: expiresIn,
    scope: context.switches.scopeEcho === "request" ? request.scope : "",
    refresh_token: "",
  };
}

/** The definition that allows the exchange. */
function allowing(
  organization: Organization,
  issuer: Issuer,
  claims: Readonly<Record<string, unknown>>,
  request: TokenRequest,
): PolicyDefinition {
  // A pool may be named by id on one side and by name on the other: both sides are brought to the id.
  const definitions = (organization.policyOf(issuer.id)?.policies ?? []).map((definition) =>
    definition.runnerID === undefined
      ? definition
      : { ...definition, runnerID: organization.runnerId(definition.runnerID) },
  );
  const runner = request.runner === undefined ? undefined : organization.runnerId(request.runner);
  const verdict = evaluate(definitions, claims, { ...request, runner });
  const definition = verdict.index === undefined ? undefined : definitions[verdict.index];
  if (verdict.decision !== "allow" || definition === undefined) {
    const detail = verdict.index === undefined ? undefined : `definition ${verdict.index}`;
    throw new ExchangeRefusal("access_denied", verdict.reason, detail);
  }
  return definition;
}

/** Checked after the policy, so that only allowed callers learn which users and teams exist. */
function requirePrincipal(organization: Organization, request: TokenRequest): void {
  const { team, user, runner } = request;
  const exists =
    (team === undefined || organization.teams.has(team)) &&
    (user === undefined || organization.users.has(user)) &&
    (runner === undefined || organization.hasRunner(runner));
  if (!exists) {
    throw new ExchangeRefusal("access_denied", "PRINCIPAL_UNKNOWN");
  }
}
