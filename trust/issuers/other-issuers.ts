import type { IssuerFacts, Tenancy } from "./record";

/** Issuers of which no more is known: what tells their tenants apart. */
const MULTI_TENANT: Record<string, Tenancy> = {
  "oidc.codefresh.io": "sub",
  "vstoken.actions.githubusercontent.com": "sub",
  "oidc-configuration.audit-log.githubusercontent.com": "sub",
  "scalr.io": "sub",
  "studio.datachain.ai/api": "sub",
  "tokens.cloud.shisho.dev": "sub",
  "proidc.upbound.io": "sub",
  "cognito-identity.amazonaws.com": "aud",
  "oidc.vercel.com": "aud",
  "sandboxes.cloud": "aud",
  // Microsoft Sentinel.
  "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d": "sts:RoleSessionName",
  // IBM Turbonomic; the URL changes with its versions.
  "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb": "sub",
};

/**
 * Issuers without a record of their own: what tells their tenants apart (IAM User Guide, "Identity-provider controls for shared
 * OIDC providers": IAM refuses to store a role whose trust policy does not ask for it; the same table in secorvia/frontdoor at
 * 0405b88), and what AWS STS and Entra ID make of their claims.
 */
export const OTHER_ISSUERS: readonly IssuerFacts[] = [
  // Oracle Cloud Infrastructure
  {
    urls: [],
    signs: (url) => /^https:\/\/[^/]+\.identity\.oraclecloud\.com(\/|$)/.test(url),
    subjects: [],
    claims: {},
    awsKeys: ["rpst_id"],
  },
  ...Object.entries(MULTI_TENANT).map(([hostAndPath, tenancy]) => ({
    urls: [`https://${hostAndPath}`],
    tenancy,
    subjects: [],
    claims: {},
  })),
];
