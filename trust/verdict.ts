/** A decision with its reasons in words. */
export interface Explanation {
  decision: "allow" | "deny";
  /** Each is one line. For a deny, what came nearest to an allow is first. */
  reasons: string[];
}
