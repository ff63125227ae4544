import { type Claims, shown } from "../../trust/claims";
import { algorithms } from "./keys";
import { type Refused, refuse } from "./verdict";

/** Longest token that is looked at, in characters. Those of Kubernetes have about 1,000, and Node takes 16 kB of headers. */
export const LONGEST_TOKEN = 8192;
/** Deepest nesting of claims. Those of Kubernetes have 3 levels. */
const DEEPEST = 16;
/** Longest `kid`. */
const LONGEST_KID = 256;

/** Header, claims and signature in base64url without padding (RFC 7515 §7.1). */
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)$/;
/** The last letter of a part whose length leaves 2 or 4 bits over: those bits are zero (RFC 4648 §3.5). */
const LAST: Record<number, RegExp> = { 2: /[AQgw]$/, 3: /[AEIMQUYcgkosw048]$/ };

/** Members of the header that would bring a key along (RFC 7515 §4.1.2, 3, 5, 6), or ask for what is not supported (§4.1.11). */
const REFUSED_MEMBERS = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];

/** A token as it is written, not verified. */
export interface ReadToken {
  algorithm: string;
  kid: string | undefined;
  typ: string | undefined;
  /** Frozen. */
  claims: Claims;
}

/**
 * Takes a token apart. Only one spelling of its bytes is accepted, because a cache, a list of revoked tokens or a log would
 * take another one for another token.
 */
export function readToken(token: string): ReadToken | Refused {
  if (typeof token !== "string" || token === "") {
    return refuse("NO_TOKEN", "there is no token");
  }
  if (token.length > LONGEST_TOKEN) {
    return refuse("TOO_LONG", `the token has ${token.length} characters, more than ${LONGEST_TOKEN}`);
  }
  const [, ...parts] = COMPACT.exec(token) ?? [];
  if (parts.length === 0) {
    return otherForm(token);
  }
  for (const part of parts) {
    if (part.length % 4 === 1) {
      return refuse("MALFORMED", "a part of the token is not base64url: it lacks characters or has too many");
    }
    if (LAST[part.length % 4]?.test(part) === false) {
      return refuse("NON_CANONICAL", "a part of the token ends with bits that are not zero");
    }
  }
  const header = readObject(parts[0] as string);
  if (header === undefined) {
    return refuse("MALFORMED", "the token's header is not a JSON object in UTF-8");
  }
  const claims = readObject(parts[1] as string);
  if (claims === undefined) {
    return refuse("MALFORMED", `the token's claims are not a JSON object in UTF-8 of at most ${DEEPEST} levels`);
  }
  return readHeader(header, claims);
}

function otherForm(token: string): Refused {
  const plain = token.replace(/[\s=]/g, "").replaceAll("+", "-").replaceAll("/", "_");
  if (COMPACT.test(plain)) {
    return refuse("NON_CANONICAL", "the token has white space, padding or letters of another base64 in it");
  }
  const count = token.split(".").length;
  return refuse(
    "MALFORMED",
    count === 5
      ? "the token is an encrypted one, which has five parts"
      : `the token is not a JSON Web Token: it has ${count} parts, or characters that none has`,
  );
}

function readHeader(header: Claims, claims: Claims): ReadToken | Refused {
  const { alg, kid, typ } = header;
  const refused = REFUSED_MEMBERS.find((name) => header[name] !== undefined);
  if (refused !== undefined) {
    return refuse("HEADER_REFUSED", `the token's header has ${refused}, which is never used`);
  }
  if (typeof alg !== "string" || !algorithms.includes(alg)) {
    const name = typeof alg === "string" ? shown(alg) : typeof alg;
    return refuse("ALGORITHM_REFUSED", `the token's alg is ${name}; accepted are ${algorithms.join(", ")}`);
  }
  if (kid !== undefined && (typeof kid !== "string" || kid === "" || kid.length > LONGEST_KID)) {
    return refuse("MALFORMED", `the token's kid is not a text of 1 to ${LONGEST_KID} characters`);
  }
  if (typ !== undefined && typeof typ !== "string") {
    return refuse("MALFORMED", "the token's typ is not a text");
  }
  return { algorithm: alg, kid, typ, claims };
}

// A byte order mark is not white space to JSON's parser.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readObject(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(part, "base64url")));
    return isObject(value) && freezeWithin(value, DEEPEST) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Freezes a value with all that is in it, unless it has more levels. */
function freezeWithin(value: object, levels: number): boolean {
  Object.freeze(value);
  return (
    levels > 0 &&
    Object.values(value).every(
      (inner: unknown) => typeof inner !== "object" || inner === null || freezeWithin(inner, levels - 1),
    )
  );
}
