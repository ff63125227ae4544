import type { Claims } from "../../../trust/claims";
import { serviceAccountOf } from "../../../trust/issuers";
import { evaluateGcpTrust } from "../../../trust/parties/gcp/evaluate";
import type { IssuerNetwork } from "../../pulumi-cloud/keys";
import { type IdentityPools, type IdentityProvider, providerDocument } from "../identity-pools";
import type { AccessTokens, FederatedPrincipal, WorkloadPrincipal } from "../oauth";
import { findSource } from "./pools";
import { refusals } from "./refusal";
import type { StsRequest } from "./request";
import type { StsSwitches } from "./switches";
import { verifyToken } from "./verify-token";

/** What an exchange needs of its surroundings. */
export interface StsContext {
  /** Issuers of the lab's clusters. */
  issuers: readonly string[];
  /** Those that users made. */
  pools: IdentityPools;
  network: IssuerNetwork;
  switches: StsSwitches;
  accessTokens: AccessTokens;
  clock: () => number;
}

/**
 * Exchanges a token that a provider of a pool takes for a federated access token, and returns the answer's body. Whether
 * anything is granted to who it stands for is the business of the services it is presented to.
 */
export async function exchange(context: StsContext, request: StsRequest): Promise<object> {
  const { issuers, pools, network, switches, accessTokens, clock } = context;
  const { issuer, audiences, of } = findSource(request.audience, issuers, pools);
  const claims = await verifyToken(request.subjectToken, {
    issuer,
    audiences,
    // Asked for each time: in a lab a key that was rotated away should be refused at once.
    keys: async () => (await network.keys({ url: issuer, thumbprints: [] })).keys,
    now: clock(),
    leewaySeconds: switches.leewaySeconds,
  });
  const principal = "provider" in of ? federated(claims, of.provider) : workload(claims, of.project);
  const { token } = accessTokens.issue(principal, request.scopes, switches.federatedTokenSeconds);
  return {
    access_token: token,
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "Bearer",
    expires_in: switches.federatedTokenSeconds,
  };
}

function workload(claims: Claims, project: string): WorkloadPrincipal {
  if (serviceAccountOf(claims.sub) === undefined) {
    throw refusals.subject();
  }
  return { kind: "workload", project, claims };
}

/** Who a token is, once the mapping and the condition of its provider take it. */
function federated(claims: Claims, provider: IdentityProvider): FederatedPrincipal {
  const [pool] = provider.name.split("/providers/");
  const anybody = `principalSet://iam.googleapis.com/${pool}/*`;
  const { decision, reasons } = evaluateGcpTrust(providerDocument(provider, [anybody]), claims);
  if (decision === "allow") {
    return { kind: "federated", provider, claims };
  }
  if (reasons.some((reason) => reason.startsWith("google.subject must have"))) {
    throw refusals.subjectLength();
  }
  throw reasons.some((reason) => reason.startsWith("attributeCondition"))
    ? refusals.condition()
    : refusals.mapping(reasons[0]?.split(" = ")[0] ?? "");
}
