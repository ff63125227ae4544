import type { Claims } from "../../trust/claims";
import type { JsonWebKeySet } from "../pulumi-cloud/keys";

/** Signatures that IAM takes from OpenID Connect providers: asymmetric ones (IAM User Guide, "Create an OIDC identity provider"). */
const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

/** The claims of a token, not believed yet; undefined when it is not a JSON Web Token. */
export async function readClaims(token: string): Promise<Claims | undefined> {
  const { decodeJwt, decodeProtectedHeader } = await import("jose");
  try {
    decodeProtectedHeader(token);
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** Whether a key of the set signed a token: `unknown-key` when the set has none for it. */
export async function checkSignature(token: string, keys: JsonWebKeySet): Promise<"good" | "wrong" | "unknown-key"> {
  const { compactVerify, createLocalJWKSet, errors } = await import("jose");
  try {
    await compactVerify(token, createLocalJWKSet(keys), { algorithms: ALGORITHMS });
    return "good";
  } catch (error) {
    return error instanceof errors.JWKSNoMatchingKey ? "unknown-key" : "wrong";
  }
}
