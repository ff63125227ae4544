import { takesAll } from "./tokens";

/**
 * Whether a pattern of an auth policy matches a whole value. `*` is zero or more characters, `?` zero or one, `.` exactly
 * one, everything else itself; there is no escape (Pulumi Cloud documentation, "OIDC issuers": wildcards).
 *
 * Never goes back: the time is linear with stars and letters. With `?` and `.` it is linear in each side for a given length of
 * the other; in the worst case the product of both lengths, divided by 30.
 */
export function matchesWildcard(pattern: string, value: string): boolean {
  // Most rules name one value: nearly all the time of evaluating a policy would go to them.
  return /[*?.]/.test(pattern) ? takesAll([...normalised(pattern)], [...value], () => "?.") : pattern === value;
}

/**
 * Whether a pattern matches everything another pattern matches. Wildcards are compared one by one, so a yes is certain,
 * while some pairs get a no although it holds (`..*` and `a*b`: only their lengths would tell).
 */
export function coversPattern(pattern: string, other: string): boolean {
  return takesAll([...normalised(pattern)], [...normalised(other)], (letter) => {
    // A star is taken by a star alone, and what may be absent by nothing that must be there.
    switch (letter) {
      case "*":
        return "";
      case "?":
        return "?";
      default:
        return "?.";
    }
  });
}

/**
 * The same pattern with each run of wildcards in one order: what must be there first, then a star, or else what may be
 * there. So `*?` and `*` are one, and a star is met as early as can be.
 */
function normalised(pattern: string): string {
  return pattern.replace(/[*?.]+/g, (run) => {
    const needed = run.replace(/[*?]/g, "");
    return needed + (run.includes("*") ? "*" : run.replace(/\./g, ""));
  });
}
