import { createHash } from "node:crypto";

/** A request as its signature covers it. */
export interface SignedRequest {
  method: string;
  /** As it was sent, percent-encoded. */
  path: string;
  /** Without the question mark; empty when there is none. */
  query: string;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** SHA-256 of a text's UTF-8 bytes, lower-case hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The text of a request that Signature Version 4 signs (IAM User Guide, "Create a signed AWS API request", step 1): as for
 * every service but S3, the path is encoded once more, and what counts of the body is its own hash, whatever a header says.
 *
 * @param signedHeaders lower-case names, in the signature's order
 */
export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const headers = signedHeaders.map((name) => `${name}:${normalised(request.headers.get(name) ?? "")}\n`).join("");
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers,
    signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
}

function normalised(value: string): string {
  return value.trim().replace(/ +/g, " ");
}

function canonicalPath(path: string): string {
  return path === "" ? "/" : path.split("/").map(encode).join("/");
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => [encode(name), encode(value)] as const);
  return pairs
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

// By code point, not by the locale; encoded text is ASCII.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-encoding of everything but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
