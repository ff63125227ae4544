import { OidcRunnerError } from "../errors";

/**
 * Refuses what OpenID Connect Discovery 1.0 §3 does not allow as an issuer: it is an https URL without query, fragment or
 * user, and is compared exactly, so nothing is normalised here (AKS issuers end with a slash, GKE's do not).
 *
 * @throws OidcRunnerError `ISSUER_URL_INVALID`
 */
export function checkIssuerUrl(url: string, where = "cluster.issuerUrl"): void {
  const reason = faultOf(url);
  if (reason !== undefined) {
    throw new OidcRunnerError("ISSUER_URL_INVALID", `"${url}" is not an issuer URL: ${reason}`, {
      where,
      fix: "give the `iss` of the cluster's tokens exactly, such as https://oidc.eks.REGION.amazonaws.com/id/ID",
    });
  }
}

function faultOf(text: string): string | undefined {
  // URL's parser mends white space, backslashes and missing slashes; a verifier that compares letters does not.
  if (/[\s\\]/.test(text) || !URL.canParse(text)) {
    return "it is not a URL";
  }
  const url = new URL(text);
  if (url.protocol !== "https:") {
    return `its scheme is ${url.protocol.slice(0, -1)}, not https`;
  }
  if (!text.startsWith("https://")) {
    return "it does not begin with https://";
  }
  if (/[?#]/.test(text)) {
    return "it has a query or a fragment";
  }
  if (/^https:\/\/[^/]*@/.test(text)) {
    return "it has a user name";
  }
  if (text.endsWith("/.well-known/openid-configuration")) {
    return "it is the address of the discovery document, not of the issuer";
  }
  return undefined;
}
