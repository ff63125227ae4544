import { OidcRunnerError } from "../errors";

/** Default life of an access token, in seconds: what `pulumi login --oidc-token` asks for too. */
export const DEFAULT_EXPIRATION_SECONDS = 7200;

/** Shortest life accepted, in seconds: shorter ones end while a program still starts. */
export const MINIMUM_EXPIRATION_SECONDS = 5;

/**
 * Refuses a life that is no whole number of seconds or shorter than {@link MINIMUM_EXPIRATION_SECONDS}.
 *
 * @throws OidcRunnerError `EXPIRATION_INVALID`
 */
export function checkExpirationSeconds(seconds: number, where = "expirationSeconds"): void {
  if (!Number.isInteger(seconds) || seconds < MINIMUM_EXPIRATION_SECONDS) {
    throw new OidcRunnerError("EXPIRATION_INVALID", `${seconds} is no usable life of an access token`, {
      where,
      fix: `give whole seconds, at least ${MINIMUM_EXPIRATION_SECONDS}; the default is ${DEFAULT_EXPIRATION_SECONDS}`,
    });
  }
}
