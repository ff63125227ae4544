/** A decision with its reasons in words. */
export interface Explanation {
  decision: "allow" | "deny";
  /** Each is one line. For a deny, what came nearest to an allow is first. */
  reasons: string[];
}

/** What is easily overlooked between two texts, such as a final slash, in brackets; empty for any other difference. */
export function nearest(expected: string, actual: readonly string[]): string {
  if (actual.some((value) => value.replace(/\/$/, "") === expected.replace(/\/$/, ""))) {
    return " (they differ only by a final slash)";
  }
  if (actual.some((value) => value.toLowerCase() === expected.toLowerCase())) {
    return " (they differ only in upper and lower case)";
  }
  return "";
}
