import { OidcRunnerError } from "../errors";

/**
 * A length of time: whole seconds, or a text of hours, minutes and seconds such as `"2h"`, `"30m"` or `"1h30m"`. Both forms
 * of one length are the same value.
 */
export type Duration = number | string;

/** Default life of an access token, in seconds: what `pulumi login --oidc-token` asks for too. */
export const DEFAULT_EXPIRATION_SECONDS = 7200;

/** Shortest life accepted, in seconds: shorter ones end while a program still starts. */
export const MINIMUM_EXPIRATION_SECONDS = 5;

/** Longest life accepted, in seconds: two years. A longer one is a mistyped unit. */
export const MAXIMUM_EXPIRATION_SECONDS = 63_072_000;

/** Each unit once, the largest first, as the Pulumi CLI's `--oidc-expiration` reads them. */
const DURATION = /^(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/**
 * Refuses a life that is not a whole number of seconds, shorter than {@link MINIMUM_EXPIRATION_SECONDS} or longer than
 * {@link MAXIMUM_EXPIRATION_SECONDS}.
 *
 * @throws OidcRunnerError `EXPIRATION_INVALID`
 */
export function checkExpirationSeconds(seconds: number, where = "expirationSeconds"): void {
  if (!isUsable(seconds)) {
    throw invalid(seconds, where, `give whole seconds, ${BOUNDS}; the default is ${DEFAULT_EXPIRATION_SECONDS}`);
  }
}

/**
 * A longest life in seconds, from seconds or a text; digits alone are seconds too, because stack configuration holds texts.
 *
 * @throws OidcRunnerError `EXPIRATION_INVALID`
 */
export function expirationSecondsOf(duration: Duration, where: string): number {
  const seconds = typeof duration === "number" ? duration : secondsOf(duration.trim());
  if (!isUsable(seconds)) {
    throw invalid(duration, where, `give whole seconds, or a text such as "2h", "30m" or "1h30m"; ${BOUNDS}`);
  }
  return seconds;
}

const BOUNDS = `at least ${MINIMUM_EXPIRATION_SECONDS} and at most ${MAXIMUM_EXPIRATION_SECONDS} seconds`;

function isUsable(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= MINIMUM_EXPIRATION_SECONDS && seconds <= MAXIMUM_EXPIRATION_SECONDS;
}

function secondsOf(text: string): number {
  if (/^\d+$/.test(text)) {
    return Number(text);
  }
  const match = DURATION.exec(text);
  if (match === null) {
    return Number.NaN;
  }
  const [hours = "0", minutes = "0", seconds = "0"] = match.slice(1);
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function invalid(value: Duration, where: string, fix: string): OidcRunnerError {
  const shown = typeof value === "number" ? value : JSON.stringify(value);
  return new OidcRunnerError("EXPIRATION_INVALID", `${shown} is not a usable life of an access token`, { where, fix });
}
