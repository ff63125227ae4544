import { refusals } from "./refusal";

const URN = "urn:ietf:params:oauth";
/** Subject tokens that are JSON Web Tokens. The service takes SAML and AWS requests too; the lab has no such pools. */
const SUBJECT_TOKEN_TYPES = [`${URN}:token-type:jwt`, `${URN}:token-type:id_token`];

/** A well-formed request for an exchange. */
export interface StsRequest {
  audience: string;
  subjectToken: string;
  scopes: string[];
}

/**
 * Reads the body: a form with RFC 8693's names, or JSON with the same names in camel case (Security Token Service API
 * reference, method `token`).
 *
 * @param contentType without parameters; undefined when none was sent.
 */
export function parseStsRequest(contentType: string | undefined, text: string | undefined): StsRequest {
  const value = parameters(contentType, text);
  if (value("grant_type") !== `${URN}:grant-type:token-exchange`) {
    throw refusals.grantType();
  }
  if (value("requested_token_type") !== `${URN}:token-type:access_token`) {
    throw refusals.parameter("requested_token_type");
  }
  if (!SUBJECT_TOKEN_TYPES.includes(value("subject_token_type"))) {
    throw refusals.parameter("subject_token_type");
  }
  if (value("subject_token") === "") {
    throw refusals.parameter("subject_token");
  }
  const scopes = value("scope").split(" ").filter(Boolean);
  if (scopes.length === 0) {
    throw refusals.parameter("scope");
  }
  return { audience: value("audience"), subjectToken: value("subject_token"), scopes };
}

function parameters(contentType: string | undefined, text: string | undefined): (name: string) => string {
  if (text === undefined) {
    throw refusals.body();
  }
  if (contentType === "application/x-www-form-urlencoded") {
    const form = new URLSearchParams(text);
    return (name) => form.get(name) ?? "";
  }
  if (contentType !== "application/json") {
    throw refusals.body();
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw refusals.body();
  }
  const object = (body ?? {}) as Record<string, unknown>;
  return (name) => {
    const found = object[name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    return typeof found === "string" ? found : "";
  };
}
