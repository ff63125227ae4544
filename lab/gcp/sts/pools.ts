import { gkeClusterOf, workloadPool } from "../../../trust/issuers";
import type { IdentityPools, IdentityProvider } from "../identity-pools";
import { refusals } from "./refusal";

/** Who vouches for the subject token of an exchange, and for whom it must be made. */
export interface TokenSource {
  /** Issuer of the tokens. */
  issuer: string;
  /** The audiences, of which subject tokens must have one. */
  audiences: readonly string[];
  /** Of GKE's own pool, the project; of a pool that a user made, the provider. */
  of: { project: string } | { provider: IdentityProvider };
}

const GKE = /^identitynamespace:([^:]+):(https:\/\/.+)$/;
const PROVIDER =
  /^\/\/iam\.googleapis\.com\/(projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]{4,32}\/providers\/[a-z0-9-]{4,32})$/;

/**
 * Finds whom an exchange's `audience` names: the pool of GKE, one a project, as `identitynamespace:PROJECT.svc.id.goog:ISSUER`,
 * whose providers are the GKE clusters of that project and no others; or a provider of a pool that a user made, as
 * `//iam.googleapis.com/projects/NUMBER/…/providers/ID`.
 *
 * @param issuers of the lab's clusters.
 */
export function findSource(audience: string, issuers: readonly string[], pools: IdentityPools): TokenSource {
  const [, name] = PROVIDER.exec(audience) ?? [];
  if (name !== undefined) {
    const provider = pools.usable(name);
    if (provider === undefined) {
      throw refusals.unknownTarget();
    }
    const { allowedAudiences, issuerUri } = provider;
    // Without a list the audience is the provider's own name (IAM API reference, `Oidc.allowedAudiences`).
    const own = [`//iam.googleapis.com/${name}`, `https://iam.googleapis.com/${name}`];
    return {
      issuer: issuerUri,
      audiences: allowedAudiences.length > 0 ? allowedAudiences : own,
      of: { provider },
    };
  }
  const [, pool, issuer] = GKE.exec(audience) ?? [];
  if (pool === undefined || issuer === undefined) {
    throw refusals.audienceForm();
  }
  const cluster = issuers.includes(issuer) ? gkeClusterOf(issuer) : undefined;
  if (cluster === undefined || workloadPool(cluster.project) !== pool) {
    throw refusals.unknownTarget();
  }
  return { issuer, audiences: [pool], of: { project: cluster.project } };
}
