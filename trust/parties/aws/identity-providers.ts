import { OidcRunnerError } from "../../errors";

/** Identity providers that IAM knows by their host, without an ARN; their condition keys are their own. */
export const WELL_KNOWN_PROVIDERS: readonly string[] = [
  "accounts.google.com",
  "cognito-identity.amazonaws.com",
  "graph.facebook.com",
  "www.amazon.com",
];

/**
 * The issuer of a federated principal, as `HOST/PATH`: a well-known provider's, or that of an IAM OIDC provider, whose ARN ends
 * with it. Undefined for others, such as SAML providers.
 */
export function issuerOfProvider(principal: string): string | undefined {
  return WELL_KNOWN_PROVIDERS.includes(principal)
    ? principal
    : /^arn:aws(?:-[a-z]+)*:iam::\d{12}:oidc-provider\/(.+)$/.exec(principal)?.[1];
}

/**
 * The IAM condition key prefix for an issuer: its URL without the scheme. The ARN of the IAM OIDC provider must be the issuer's
 * own, because a role that names another issuer's provider can never be assumed with its tokens, or by the wrong ones.
 *
 * @throws OidcRunnerError `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`
 */
export function conditionKeyPrefix(
  oidcProviderArn: string,
  issuerUrl: string,
  where = "cluster.oidcProviderArn",
): string {
  const provider = WELL_KNOWN_PROVIDERS.includes(oidcProviderArn) ? undefined : issuerOfProvider(oidcProviderArn);
  if (provider === undefined) {
    const what = `"${oidcProviderArn}" is not the ARN of an IAM OIDC provider`;
    const fix = `give arn:aws:iam::ACCOUNT:oidc-provider/${issuerUrl.replace("https://", "")}`;
    throw new OidcRunnerError("OIDC_PROVIDER_ARN_INVALID", what, { where, fix });
  }
  if (`https://${provider}` !== issuerUrl) {
    const what = `the IAM OIDC provider is for https://${provider}, the tokens' issuer is ${issuerUrl}`;
    const fix = "give the provider for this issuer";
    throw new OidcRunnerError("OIDC_PROVIDER_MISMATCH", what, { where, fix });
  }
  return provider;
}
