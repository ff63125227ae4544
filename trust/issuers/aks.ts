import { OidcRunnerError } from "../errors";
import { cluster, type KubernetesSubject } from "./kubernetes";
import { checkOwnIssuer } from "./own-issuer";
import type { IssuerRecord } from "./record";

/**
 * An AKS cluster: its issuer is `https://REGION.oic.prod-aks.azure.com/TENANT/ID/`, earlier
 * `https://oidc.prod-aks.azure.com/ID/`.
 */
export const aks: IssuerRecord<"aks", KubernetesSubject> = {
  ...cluster,
  key: "aks",
  name: "an AKS cluster",
  signs: (url) => /^https:\/\/([^/]+\.)?oi(dc|c)\.prod-aks\.azure\.com\//.test(url),
  rotatesKeys: "AKS changes its signing keys on its own",
};

const TENANT = /^https:\/\/[^/]+\.oic\.prod-aks\.azure\.com\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//;

/** The tenant of a cluster's subscription, which its issuer names (the page that `checkAksIssuer` cites); undefined for one that does not. */
export function aksTenant(issuerUrl: string): string | undefined {
  return TENANT.exec(issuerUrl)?.[1];
}

/**
 * Refuses what can't be the issuer of a cluster, and AKS's without its final slash, which is part of the `iss` of its tokens
 * (MicrosoftDocs/azure-aks-docs, articles/aks/use-oidc-issuer.md at 11fb7fb, "Get the discovery document"): Pulumi Cloud and Entra ID
 * compare it exactly.
 *
 * @throws OidcRunnerError `ISSUER_URL_INVALID`, `ISSUER_URL_SHARED`, `OIDC_ISSUER_OFF` for an empty text
 */
export function checkAksIssuer(url: string, where = "cluster.issuerUrl"): void {
  if (url === "") {
    throw new OidcRunnerError("OIDC_ISSUER_OFF", "the cluster has no OIDC issuer", {
      where,
      fix: "run `az aks update --name NAME --resource-group GROUP --enable-oidc-issuer`, which restarts the API server, or set oidcIssuerProfile: { enabled: true } of the ManagedCluster",
    });
  }
  checkOwnIssuer(url, where);
  if (aks.signs(url) && !url.endsWith("/")) {
    throw new OidcRunnerError(
      "ISSUER_URL_INVALID",
      `"${url}" is not the issuer of an AKS cluster: a final slash counts`,
      {
        where,
        fix: `give ${url}/, as \`az aks show --query oidcIssuerProfile.issuerUrl\` prints it`,
      },
    );
  }
}
