/**
 * Whether an issuer is that of an AKS cluster: `https://REGION.oic.prod-aks.azure.com/TENANT/ID/`, earlier
 * `https://oidc.prod-aks.azure.com/ID/`.
 */
export function isAksIssuer(issuerUrl: string): boolean {
  return /^https:\/\/([^/]+\.)?oi(dc|c)\.prod-aks\.azure\.com\//.test(issuerUrl);
}
