/** Says so where two texts differ by what people overlook; else nothing. */
export function nearest(expected: string, actual: readonly string[]): string {
  if (actual.some((value) => value.replace(/\/$/, "") === expected.replace(/\/$/, ""))) {
    return " (they differ only by a final slash)";
  }
  if (actual.some((value) => value.toLowerCase() === expected.toLowerCase())) {
    return " (they differ only in upper and lower case)";
  }
  return "";
}
