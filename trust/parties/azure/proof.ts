import type { Claims } from "../../claims";
import { checkAdmitsOnly, fromAnotherIssuer, type TrustedToken, tokensOf } from "../../proof";
import { type AzureCredential, azureCredentials, type FlexibleTrust, flexibleCredential } from "./document";
import { evaluateAzureTrust } from "./evaluate";

/**
 * The credentials of `azureCredentials`, proven: together they accept the tokens, refuse their neighbours, and refuse the same
 * subjects of another issuer.
 *
 * @param neighbours tokens that resemble them, as the record of their issuer makes them
 * @throws OidcRunnerError `AZURE_CREDENTIAL_INVALID`, `TRUST_SUBJECT_INVALID`, `TRUST_NOT_PROVEN`
 */
export function proveAzureTrust(trust: TrustedToken, neighbours: readonly Claims[]): AzureCredential[] {
  const credentials = azureCredentials(trust);
  checkCredentials(credentials, tokensOf(trust), neighbours);
  return credentials;
}

/**
 * The credential of `flexibleCredential`, proven in the same way.
 *
 * @param tokens some that it is for, with the claims that it compares
 * @throws OidcRunnerError `AZURE_EXPRESSION_INVALID`, `TRUST_NOT_PROVEN`
 */
export function proveFlexibleTrust(
  trust: FlexibleTrust,
  tokens: readonly Claims[],
  neighbours: readonly Claims[],
): AzureCredential {
  const credential = flexibleCredential(trust);
  checkCredentials([credential], tokens, neighbours);
  return credential;
}

/**
 * Refuses credentials that do not accept each of some tokens, or that accept a neighbour.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkCredentials(
  credentials: readonly AzureCredential[],
  tokens: readonly Claims[],
  neighbours: readonly Claims[],
): void {
  const accepts = (claims: Claims) =>
    credentials.some((credential) => evaluateAzureTrust(credential, claims).decision === "allow");
  checkAdmitsOnly(
    {
      name: `the federated ${credentials.length === 1 ? "credential" : "credentials"}`,
      shown: credentials,
      decide: (claims) => (accepts(claims) ? "allow" : "deny"),
    },
    tokens,
    [...neighbours, ...fromAnotherIssuer(tokens)],
  );
}
