/**
 * Issuers that sign for many customers under one URL, without its scheme, and the claim that tells the customers apart (IAM
 * User Guide, "Identity-provider controls for shared OIDC providers": IAM refuses to store a role whose trust policy does
 * not ask for it).
 */
const SHARED: Record<string, "sub" | "aud"> = {
  "token.actions.githubusercontent.com": "sub",
  "gitlab.com": "sub",
  "app.terraform.io": "sub",
  "agent.buildkite.com": "sub",
  "oidc.codefresh.io": "sub",
  "scalr.io": "sub",
  "studio.datachain.ai/api": "sub",
  "tokens.cloud.shisho.dev": "sub",
  "proidc.upbound.io": "sub",
  "api.pulumi.com/oidc": "aud",
  "api.pulumi.com/oidc/v2": "aud",
  "cognito-identity.amazonaws.com": "aud",
  "oidc.vercel.com": "aud",
  "sandboxes.cloud": "aud",
};

/** The claim that names the customer, for an issuer (`HOST/PATH`) that is shared; undefined for one's own. */
export function tenancyClaim(issuer: string): "sub" | "aud" | undefined {
  return Object.hasOwn(SHARED, issuer) ? SHARED[issuer] : undefined;
}
