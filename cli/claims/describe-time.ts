/** Units with how many seconds they have, from the largest. */
const UNITS: [name: string, seconds: number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/**
 * A time of a token (seconds since 1970, RFC 7519 NumericDate) as how far off it is, and as a date: `3 min ago
 * (2026-11-21T10:00:00Z)`. Undefined for a value that is not a time. `now`: milliseconds.
 */
export function describeTime(time: unknown, now: number): string | undefined {
  if (typeof time !== "number" || Number.isNaN(new Date(time * 1000).getTime())) {
    return undefined;
  }
  const date = new Date(time * 1000).toISOString().replace(/\.000Z$/, "Z");
  const seconds = Math.round(time - now / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length * 2) ?? (["s", 1] as const);
  const count = Math.floor(Math.abs(seconds) / size);
  const distance = count === 0 ? "now" : seconds < 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
  return `${distance} (${date})`;
}
