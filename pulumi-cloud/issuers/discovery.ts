import type { Fetch } from "../api";

/** Time after which an issuer that does not answer is done without, in milliseconds. */
const PATIENCE_MS = 3000;

/**
 * `iss` of an issuer's tokens as its discovery document has it (OpenID Connect Discovery 1.0 §4.3); undefined where this machine gets no
 * such document, which says nothing about the issuer: Pulumi Cloud may reach it all the same.
 */
export async function publishedIss(
  issuerUrl: string,
  fetch: Fetch,
  patience = PATIENCE_MS,
): Promise<string | undefined> {
  const url = `${issuerUrl.replace(/\/$/, "")}/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { method: "GET", signal: AbortSignal.timeout(patience) });
    const { issuer } = response.ok ? ((await response.json()) as { issuer?: unknown }) : {};
    return typeof issuer === "string" ? issuer : undefined;
  } catch {
    return undefined;
  }
}
