import { refusals } from "./refusal";

/** A well-formed request for a token by a client assertion. */
export interface TokenRequest {
  clientId: string;
  /** Without `/.default`. */
  resource: string;
  assertion: string;
}

/** The only way in that the lab has: a token of another issuer in place of a secret (RFC 7523 §2.2). */
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * Reads the form of a request (Entra documentation, "OAuth 2.0 client credentials flow", third case: access token request with a
 * federated credential).
 */
export function parseTokenRequest(text: string | undefined): TokenRequest {
  const form = new URLSearchParams(text ?? "");
  const value = (name: string) => {
    const given = form.get(name) ?? "";
    if (given === "") {
      throw refusals.parameter(name);
    }
    return given;
  };
  const grantType = value("grant_type");
  if (grantType !== "client_credentials") {
    throw refusals.grantType(grantType);
  }
  const clientId = value("client_id");
  const scope = value("scope");
  // MSAL adds the scopes of OpenID Connect to every request.
  const [resource, ...others] = scope
    .split(" ")
    .filter((one) => !["openid", "profile", "offline_access", ""].includes(one));
  if (resource === undefined || others.length > 0 || !resource.endsWith("/.default")) {
    throw refusals.scope(scope);
  }
  if (form.get("client_assertion_type") !== ASSERTION_TYPE || !form.get("client_assertion")) {
    throw refusals.noAssertion();
  }
  return {
    clientId,
    resource: resource.slice(0, -"/.default".length),
    assertion: value("client_assertion"),
  };
}
