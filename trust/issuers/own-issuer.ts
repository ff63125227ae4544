import { OidcRunnerError } from "../errors";
import { refuseSharedIssuer } from "./default-cluster-issuer";
import { eks } from "./eks";
import { gke } from "./gke";
import { checkIssuerUrl } from "./url";

/**
 * Refuses what can't be an issuer, and the default issuer of clusters.
 *
 * @throws OidcRunnerError `ISSUER_URL_INVALID`, `ISSUER_URL_SHARED`
 */
export function checkOwnIssuer(url: string, where?: string): void {
  checkIssuerUrl(url, where);
  refuseFinalSlash(url, where);
  refuseSharedIssuer(url, where);
}

/** Refuses a final slash after issuers that have none, as Pulumi's guide for GKE writes it: tokens are compared with it. */
function refuseFinalSlash(url: string, where = "cluster.issuerUrl"): void {
  const plain = url.replace(/\/$/, "");
  const known = plain === url ? undefined : [eks, gke].find(({ signs }) => signs(plain));
  if (known !== undefined) {
    throw new OidcRunnerError(
      "ISSUER_URL_INVALID",
      `"${url}" ends with a slash, and the \`iss\` of ${known.name} has none`,
      {
        where,
        fix: `write issuerUrl: "${plain}"`,
      },
    );
  }
}
