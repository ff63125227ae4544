import { OidcRunnerError } from "../errors";
import { isAksIssuer } from "./aks";
import { isEksIssuer } from "./eks";
import { isGkeIssuer } from "./gke";

/** Issuers that change their keys on their own and publish them on the internet. */
const ROTATING: [string, (issuerUrl: string) => boolean][] = [
  // EKS signs with a new key each week (EKS User Guide, "Fetch signing keys to validate OIDC tokens").
  ["EKS changes its signing keys every week", isEksIssuer],
  ["GKE changes its signing keys on its own", isGkeIssuer],
  ["AKS changes its signing keys on its own", isAksIssuer],
];

/**
 * Refuses static keys for an issuer whose keys rotate: they would be out of date within days, and every exchange refused.
 *
 * @throws OidcRunnerError `JWKS_OF_ROTATING_ISSUER`
 */
export function refuseStaticKeys(issuerUrl: string, option: "jwks" | "jwksFromCluster"): void {
  const reason = ROTATING.find(([, signs]) => signs(issuerUrl))?.[0];
  if (reason !== undefined) {
    throw new OidcRunnerError(
      "JWKS_OF_ROTATING_ISSUER",
      `${reason}, so uploaded keys stop working; Pulumi Cloud reads them from ${issuerUrl} itself`,
      { where: option, fix: `leave ${option} out` },
    );
  }
}
