import { defaultSwitches } from "../pulumi-cloud";
import { IssuerNetwork, type JsonWebKeySet } from "../pulumi-cloud/keys";

/**
 * Fetches issuers' keys by their discovery documents, over TLS of the lab's authority, for each token again: how long AWS
 * keeps them is not published, and so a rotated key counts at once. Thumbprints of IAM OIDC providers have no part in it, as
 * with AWS where an authority vouches for the issuer's server.
 *
 * @param ca PEM of the lab's authority
 * @param resolveIssuer where the server behind an issuer URL listens
 */
export function issuerKeys(
  ca: string,
  resolveIssuer: (url: string) => string | undefined,
): (issuer: string) => Promise<JsonWebKeySet> {
  const network = new IssuerNetwork({ ca, resolveIssuer, switches: defaultSwitches() });
  return async (url) => (await network.keys({ url, thumbprints: [] })).keys;
}
