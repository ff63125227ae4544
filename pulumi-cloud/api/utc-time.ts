/**
 * A time of the API as RFC 3339 in UTC. The service writes `2025-10-19 00:05:56.480` without a zone, in UTC; a text that is
 * no time stays as it is.
 */
export function utcTime(text: string): string {
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(" ", "T")}Z`;
  const time = new Date(zoned);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}
