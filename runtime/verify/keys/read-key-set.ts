import { secureUrl } from "../../../trust";
import { type Fetch, readJson, UnusableAnswer } from "../../http";
import { checkKeySet, type KeySet } from "./key-set";

/** Longest discovery document and key set, in bytes. Those of the largest issuers have about 20 kB. */
export const LONGEST_ANSWER = 102_400;

/**
 * An API server answers 406 to who does not accept its type of key sets (kubernetes/kubernetes v1.36.3,
 * pkg/routes/openidmetadata.go); other issuers serve theirs as plain JSON.
 */
const HEADERS = { accept: "application/jwk-set+json, application/json" };

/** Where an issuer's keys are. */
export interface KeyLocation {
  /** What the discovery document must call the issuer. */
  issuer: string;
  /** The discovery document; unused where {@link jwksUri} is given. */
  discoveryUrl: string;
  /** The key set itself. */
  jwksUri?: string;
  /** Origins that the discovery document may name besides its own. */
  jwksOrigins: readonly string[];
}

/**
 * Reads the discovery document, unless the key set's address is known, and the key set. No redirect is followed and no other
 * origin than the listed ones asked, so a document that was tampered with leads nowhere.
 *
 * @throws UnusableAnswer, OidcRunnerError `JWKS_INVALID`, `JWKS_PRIVATE`; what `fetch` throws
 */
export async function readKeySet(location: KeyLocation, fetch: Fetch, signal: AbortSignal): Promise<KeySet> {
  const get = async (url: string) =>
    readJson(await fetch(url, { redirect: "manual", signal, headers: HEADERS }), LONGEST_ANSWER);
  const jwksUri = location.jwksUri ?? jwksUriOf(await get(location.discoveryUrl), location);
  return checkKeySet(await get(jwksUri), jwksUri);
}

function jwksUriOf(document: unknown, { issuer, discoveryUrl, jwksOrigins }: KeyLocation): string {
  const { issuer: stated, jwks_uri: uri } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (stated !== issuer) {
    throw new UnusableAnswer("its discovery document is another issuer's, a final slash included");
  }
  if (typeof uri !== "string") {
    throw new UnusableAnswer("its discovery document has no jwks_uri");
  }
  const { origin, href } = secureUrl(uri, "jwks_uri");
  if (origin !== new URL(discoveryUrl).origin && !jwksOrigins.includes(origin)) {
    throw new UnusableAnswer(`its jwks_uri is at another origin, ${origin}, which is not listed in jwksOrigins`);
  }
  return href;
}
