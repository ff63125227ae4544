/** What tells the customers of a shared issuer apart: a claim, or the name that the caller gives the session. */
export type Tenancy = "sub" | "aud" | "sts:RoleSessionName";

/**
 * Issuers that sign for many customers under one URL, without its scheme, and what tells the customers apart (IAM User Guide,
 * "Identity-provider controls for shared OIDC providers": IAM refuses to store a role whose trust policy does not ask for
 * it; the same table in secorvia/frontdoor at 0405b88). Only `api.pulumi.com/oidc/v2` is not in it: ESC's issuer has been
 * added because it signs for the same customers. The last but one is Microsoft Sentinel's, and the URL of the last, IBM
 * Turbonomic's, changes with its versions.
 */
const SHARED: Record<string, Tenancy> = {
  "token.actions.githubusercontent.com": "sub",
  "vstoken.actions.githubusercontent.com": "sub",
  "oidc-configuration.audit-log.githubusercontent.com": "sub",
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
  "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d": "sts:RoleSessionName",
  "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb": "sub",
};

/** What names the customer, for an issuer (`HOST/PATH`) that is shared; undefined for one's own. */
export function tenancyClaim(issuer: string): Tenancy | undefined {
  const plain = issuer.replace(/\/$/, "");
  return Object.hasOwn(SHARED, plain) ? SHARED[plain] : undefined;
}
