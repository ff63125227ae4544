const UNITS: Record<string, number> = { h: 3600, m: 60, s: 1 };

/**
 * Seconds of a duration as Go writes it, such as `1h30m`.
 *
 * @throws Error in Go's words for another text
 */
export function secondsOf(duration: string): number {
  if (!/^(\d+(\.\d+)?[hms])+$/.test(duration)) {
    throw new Error(`time: invalid duration ${JSON.stringify(duration)}`);
  }
  return [...duration.matchAll(/([\d.]+)([hms])/g)].reduce(
    (sum, [, number, unit = ""]) => sum + Number(number) * (UNITS[unit] ?? 0),
    0,
  );
}
