import type { Claims } from "../../../trust/claims";
import type { IssuerNetwork } from "../../pulumi-cloud/keys";
import type { AccessTokens, WorkloadPrincipal } from "../oauth";
import { findProvider, type IdentityProvider } from "./pools";
import { refusals } from "./refusal";
import type { StsRequest } from "./request";
import type { StsSwitches } from "./switches";
import { verifyToken } from "./verify-token";

/** What an exchange needs of its surroundings. */
export interface StsContext {
  /** Issuers of the lab's clusters. */
  issuers: readonly string[];
  network: IssuerNetwork;
  switches: StsSwitches;
  accessTokens: AccessTokens;
  clock: () => number;
}

/**
 * Exchanges the token of a Kubernetes ServiceAccount for a federated access token, and returns the answer's body. Whether
 * anything is granted to who it stands for is the business of the services it is presented to.
 */
export async function exchange(context: StsContext, request: StsRequest): Promise<object> {
  const { issuers, network, switches, accessTokens, clock } = context;
  const provider = findProvider(request.audience, issuers);
  const claims = await verifyToken(request.subjectToken, {
    issuer: provider.issuer,
    audience: provider.audience,
    // Asked for each time: in a lab a key that was rotated away should be refused at once.
    keys: async () => (await network.keys({ url: provider.issuer, thumbprints: [] })).keys,
    now: clock(),
    leewaySeconds: switches.leewaySeconds,
  });
  const { token } = accessTokens.issue(principalOf(claims, provider), request.scopes, switches.federatedTokenSeconds);
  return {
    access_token: token,
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "Bearer",
    expires_in: switches.federatedTokenSeconds,
  };
}

function principalOf(claims: Claims, { project }: IdentityProvider): WorkloadPrincipal {
  if (!/^system:serviceaccount:[^:]+:[^:]+$/.test(String(claims.sub))) {
    throw refusals.subject();
  }
  return { kind: "workload", project, claims };
}
