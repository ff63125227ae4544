import { OidcRunnerError } from "../trust";
import type { Claims } from "../trust/claims";

/** Header, claims and signature in base64url (RFC 7515, compact serialization). */
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/;
/** An encrypted token has five parts (RFC 7516). */
const ENCRYPTED = /^[\w-]+(\.[\w-]*){4}$/;

/** What is known of a token without its issuer's keys. */
export interface DecodedToken {
  claims: Claims;
  /** Absent where claims were given without a token. */
  header?: Claims;
}

/**
 * Header and claims of a JSON Web Token, decoded and not verified.
 *
 * @throws OidcRunnerError `INPUT_INVALID`; it quotes nothing of the text, which may be a credential.
 */
export function decodeToken(text: string, where: string): DecodedToken {
  const token = text.trim();
  const [, first, payload] = COMPACT.exec(token) ?? [];
  const header = readObject(first);
  const claims = readObject(payload);
  if (header === undefined || claims === undefined) {
    throw new OidcRunnerError("INPUT_INVALID", `the file holds no JSON Web Token${likelyReason(token)}`, {
      where,
      fix: "give the file of a projected token, and nothing besides the token in it",
    });
  }
  return { claims, header };
}

function likelyReason(token: string): string {
  if (token === "") {
    return ": it is empty";
  }
  if (/^bearer\s/i.test(token)) {
    return ": it begins with Bearer";
  }
  if (token.startsWith("{")) {
    return ": it begins as JSON does";
  }
  if (token.startsWith("pul-")) {
    return ": it looks like an access token of Pulumi Cloud, which holds no claims";
  }
  if (ENCRYPTED.test(token)) {
    return ": it has the five parts of an encrypted one";
  }
  return /\s/.test(token) ? ": there is white space in it" : "";
}

function readObject(part: string | undefined): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
