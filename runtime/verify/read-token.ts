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
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** Members of the header that would bring a key along (RFC 7515 §4.1.2, 3, 5, 6), or ask for what is not supported (§4.1.11). */
const REFUSED_MEMBERS = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];

/** A token as it is written, not verified. */
export interface ReadToken {
  algorithm: string;
  kid: string | undefined;
  typ: string | undefined;
  /** Frozen. */
  claims: Claims;
  signature: Buffer;
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
  const parts = token.split(".");
  const [header, payload, signature] = parts.map((part) => Buffer.from(part, "base64url"));
  if (header === undefined || payload === undefined || signature === undefined || parts.length > 3) {
    return otherForm(token);
  }
  // What is decoded leniently differs when it is encoded again: other letters, padding, white space, bits left over.
  if (![header, payload, signature].every((bytes, index) => bytes.toString("base64url") === parts[index])) {
    return otherForm(token);
  }
  const members = readObject(header);
  if (members === undefined) {
    return refuse("MALFORMED", "the token's header is not a JSON object in UTF-8");
  }
  const claims = readObject(payload);
  if (claims === undefined) {
    return refuse("MALFORMED", `the token's claims are not a JSON object in UTF-8 of at most ${DEEPEST} levels`);
  }
  return readHeader(members, claims, signature);
}

function otherForm(token: string): Refused {
  const plain = token.replace(/[\s=]/g, "").replaceAll("+", "-").replaceAll("/", "_");
  if (plain.split(".").some((part) => part.length % 4 === 1)) {
    return refuse("MALFORMED", "a part of the token is not base64url: it lacks characters or has too many");
  }
  if (COMPACT.test(plain)) {
    const what =
      plain === token ? "bits left over that are not zero" : "white space, padding or letters of another base64";
    return refuse("NON_CANONICAL", `the token is spelled otherwise than its issuer did: it has ${what}`);
  }
  const count = token.split(".").length;
  return refuse(
    "MALFORMED",
    count === 5
      ? "the token is an encrypted one, which has five parts"
      : `the token is not a JSON Web Token: it has ${count} parts, or characters that none has`,
  );
}

function readHeader(header: Claims, claims: Claims, signature: Buffer): ReadToken | Refused {
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
  return { algorithm: alg, kid, typ, claims, signature };
}

// A byte order mark is not white space to JSON's parser.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readObject(bytes: Buffer): Claims | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return isObject(value) && freezeWithin(value, DEEPEST - 1) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Freezes a value with all that is in it, unless it has more levels. */
function freezeWithin(value: object, levels: number): boolean {
  if (levels < 0) {
    return false;
  }
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner === "object" && inner !== null && !freezeWithin(inner, levels - 1)) {
      return false;
    }
  }
  Object.freeze(value);
  return true;
}
