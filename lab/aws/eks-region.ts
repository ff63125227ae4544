/** Region of an EKS-shaped cluster, by its issuer `https://oidc.eks.REGION.amazonaws.com/id/ID`; undefined for any other. */
export function eksRegion(issuer: string): string | undefined {
  return /^https:\/\/oidc\.eks\.([a-z0-9-]+)\.amazonaws\.com\/id\/[A-Z0-9]+$/.exec(issuer)?.[1];
}
