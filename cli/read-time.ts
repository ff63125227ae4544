import { OidcRunnerError } from "../trust";

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const EPOCH_SECONDS = /^\d{1,12}(\.\d+)?$/;

/**
 * Milliseconds since 1970 of a time that is given as RFC 3339 or in seconds since 1970, as tokens have it.
 *
 * @throws OidcRunnerError `INPUT_INVALID`
 */
export function readTime(text: string, where: string): number {
  const time = EPOCH_SECONDS.test(text) ? Number(text) * 1000 : RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new OidcRunnerError("INPUT_INVALID", `${text} is not a time`, {
      where,
      fix: "give 2026-11-21T10:00:00Z, or seconds since 1970",
    });
  }
  return time;
}
