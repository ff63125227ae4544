import { gkeClusterOf, workloadPool } from "../../../trust/issuers";
import { refusals } from "./refusal";

/** Who vouches for the subject token of an exchange, and for whom it must be made. */
export interface IdentityProvider {
  /** Project of the pool. */
  project: string;
  /** Issuer of the cluster's tokens. */
  issuer: string;
  /** The audience subject tokens must have: the pool. */
  audience: string;
}

const GKE = /^identitynamespace:([^:]+):(https:\/\/.+)$/;
const PROVIDER =
  /^\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]{4,32}\/providers\/[a-z0-9-]{4,32}$/;

/**
 * Finds the provider that an exchange's `audience` names. The pool of GKE, one a project, is
 * `identitynamespace:PROJECT.svc.id.goog:ISSUER`; its providers are the GKE clusters of that project and no others.
 * Pools that users make (`//iam.googleapis.com/projects/…/providers/…`) don't exist in the lab: they are refused as
 * Google refuses one that is unknown.
 *
 * @param issuers of the lab's clusters.
 */
export function findProvider(audience: string, issuers: readonly string[]): IdentityProvider {
  if (PROVIDER.test(audience)) {
    throw refusals.unknownTarget();
  }
  const [, pool, issuer] = GKE.exec(audience) ?? [];
  if (pool === undefined || issuer === undefined) {
    throw refusals.audienceForm();
  }
  const cluster = issuers.includes(issuer) ? gkeClusterOf(issuer) : undefined;
  if (cluster === undefined || workloadPool(cluster.project) !== pool) {
    throw refusals.unknownTarget();
  }
  return { project: cluster.project, issuer, audience: pool };
}
