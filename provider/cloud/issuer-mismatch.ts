import { OidcRunnerError } from "../errors";
import type { IssuerRecord } from "./api-types";

/**
 * Refuses an issuer that says another name of itself than it is registered by. `iss` is compared letter by letter, so every
 * exchange would be refused, for a final slash as for another host.
 *
 * @throws OidcRunnerError `ISSUER_MISMATCH`
 */
export function refuseMismatch({ id, url, issuer }: IssuerRecord, wantedUrl: string): void {
  if (url !== wantedUrl) {
    throw mismatch(`issuer ${id} is registered for ${url}, not for ${wantedUrl}`, url);
  }
  if (issuer !== undefined && issuer !== url) {
    const slash = issuer.replace(/\/$/, "") === url.replace(/\/$/, "") ? ": a final slash counts" : "";
    throw mismatch(`the issuer at ${url} calls itself ${issuer}${slash}`, issuer);
  }
}

function mismatch(what: string, url: string): OidcRunnerError {
  return new OidcRunnerError("ISSUER_MISMATCH", what, { where: "url", fix: `write url: "${url}"` });
}
