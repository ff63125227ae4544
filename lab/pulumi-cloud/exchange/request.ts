import type { Context } from "hono";
import { TOKEN_TYPES, type TokenRequest, type TokenType } from "../../../trust/policy";
import { type LabEnvironment, readText } from "../../http";
import { ExchangeRefusal } from "../errors";

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";
const SUBJECT_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:id_token";
const AUDIENCE = /^urn:pulumi:org:(.+)$/;
/** Prefix of the token types that can be asked for. */
export const ACCESS_TOKEN_TYPE = "urn:pulumi:token-type:access_token:";

/** Life of an access token when nothing is asked for, seconds. */
const DEFAULT_EXPIRATION_SECONDS = 7200;

/** A well-formed request for an exchange. */
export interface ExchangeRequest {
  organization: string;
  subjectToken: string;
  /** What the access token shall be. */
  token: TokenRequest;
  scope: string;
  /** Seconds. */
  expiration: number;
}

/** Reads the parameters of the body, JSON or form. A parameter that occurs twice is refused (RFC 6749 §3.2). */
export async function readParameters(context: Context<LabEnvironment>): Promise<Map<string, string>> {
  const type = context.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  const text = await readText(context);
  if (text === undefined) {
    throw new ExchangeRefusal("invalid_request", "BODY_TOO_LARGE");
  }
  if (type === "application/x-www-form-urlencoded") {
    const entries = [...new URLSearchParams(text)];
    const parameters = new Map(entries);
    if (parameters.size !== entries.length) {
      throw new ExchangeRefusal("invalid_request", "PARAMETER_REPEATED");
    }
    return parameters;
  }
  if (type === "application/json") {
    return jsonParameters(text);
  }
  throw new ExchangeRefusal("invalid_request", "CONTENT_TYPE");
}

function jsonParameters(text: string): Map<string, string> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ExchangeRefusal("invalid_request", "BODY_MALFORMED");
  }
  const parameters = new Map<string, string>();
  for (const [name, value] of Object.entries(body ?? {})) {
    if (typeof value === "string" || typeof value === "number") {
      parameters.set(name, String(value));
    } else if (value !== null) {
      throw new ExchangeRefusal("invalid_request", "BODY_MALFORMED", name);
    }
  }
  return parameters;
}

/** Checks the constants of RFC 8693 and Pulumi's own, and that scope and token type fit together. */
export function parseExchangeRequest(parameters: Map<string, string>): ExchangeRequest {
  const value = (name: string): string => parameters.get(name) ?? "";
  if (value("grant_type") === "") {
    throw new ExchangeRefusal("invalid_request", "PARAMETER_MISSING", "grant_type");
  }
  if (value("grant_type") !== GRANT_TYPE) {
    throw new ExchangeRefusal("unsupported_grant_type", "GRANT_TYPE");
  }
  const organization = AUDIENCE.exec(value("audience"))?.[1];
  if (organization === undefined) {
    throw new ExchangeRefusal("invalid_request", "AUDIENCE");
  }
  if (value("subject_token_type") !== SUBJECT_TOKEN_TYPE) {
    throw new ExchangeRefusal("invalid_request", "SUBJECT_TOKEN_TYPE");
  }
  if (value("subject_token") === "") {
    throw new ExchangeRefusal("invalid_request", "PARAMETER_MISSING", "subject_token");
  }
  const tokenType = TOKEN_TYPES.find((type) => value("requested_token_type") === ACCESS_TOKEN_TYPE + type);
  if (tokenType === undefined) {
    throw new ExchangeRefusal("invalid_request", "REQUESTED_TOKEN_TYPE");
  }
  const expiration = parameters.has("expiration") ? Number(value("expiration")) : DEFAULT_EXPIRATION_SECONDS;
  if (!Number.isSafeInteger(expiration) || expiration < 1) {
    throw new ExchangeRefusal("invalid_request", "EXPIRATION");
  }
  const scope = value("scope");
  return {
    organization,
    subjectToken: value("subject_token"),
    token: tokenRequest(tokenType, scope),
    scope,
    expiration,
  };
}

function tokenRequest(tokenType: TokenType, scope: string): TokenRequest {
  const [, kind, name] = /^(team|user|runner):([^\s,]+)$/.exec(scope) ?? [];
  if (tokenType === "organization" && (scope === "" || scope === "admin")) {
    return { tokenType, admin: scope === "admin" };
  }
  if (tokenType === "team" && kind === "team") {
    return { tokenType, team: name };
  }
  if (tokenType === "personal" && kind === "user") {
    return { tokenType, user: name };
  }
  if (tokenType === "runner" && kind === "runner") {
    return { tokenType, runner: name };
  }
  throw new ExchangeRefusal("invalid_scope", "SCOPE");
}
