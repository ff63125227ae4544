import { issuerOfProvider } from "../identity-providers";
import type { Statement } from "./document";

/**
 * Whether a statement is about tokens of an issuer (`HOST/PATH` of `https://HOST/PATH`). A federated principal is the ARN
 * of an IAM OIDC provider, which ends with the issuer, exactly; a star, alone or as `{"AWS": "*"}`, is everyone;
 * accounts, roles and services are not web identities (IAM User Guide, "Principal").
 *
 * Assumed: the role's account has that provider, and `{"Federated": "*"}` is everybody as well.
 */
export function matchesPrincipal(principal: Statement["principal"], issuer: string | undefined): boolean {
  if (principal === "*") {
    return true;
  }
  const { AWS = [], Federated = [] } = principal;
  return (
    AWS.includes("*") ||
    Federated.includes("*") ||
    (issuer !== undefined && Federated.some((entry) => issuerOfProvider(entry) === issuer))
  );
}
