/** Issuers whose tokens the linter knows. */
export type IssuerKind = "kubernetes" | "github" | "gitlab" | "pulumi";

/**
 * GitHub Enterprise Server signs at `/_services/token` of its own host (GitHub documentation, "OpenID Connect reference");
 * then the clusters of EKS, GKE and AKS, and the default of kubeadm.
 */
const KINDS: [IssuerKind, RegExp][] = [
  ["github", /^https:\/\/token\.actions\.githubusercontent\.com(\/|$)|^https:\/\/[^/]+\/_services\/token$/],
  ["gitlab", /^https:\/\/gitlab\.com$/],
  ["pulumi", /^https:\/\/api\.pulumi\.com\/oidc(\/v2)?$/],
  [
    "kubernetes",
    /^https:\/\/oidc\.eks\.[^/]+\.amazonaws\.com(\.cn)?\/id\/|^https:\/\/container\.googleapis\.com\/v1\//,
  ],
  ["kubernetes", /^https:\/\/([^/]+\.)?oic\.prod-aks\.azure\.com\/|^https:\/\/oidc\.prod-aks\.azure\.com\//],
  ["kubernetes", /^https:\/\/kubernetes\.default\.svc(\.|$)/],
];

/** Which kind of issuer an issuer URL belongs to; undefined for hosts that can be anybody's, such as a GitLab of one's own. */
export function issuerKindOf(url: string): IssuerKind | undefined {
  const plain = url.replace(/\/$/, "");
  return KINDS.find(([, pattern]) => pattern.test(plain))?.[0];
}
