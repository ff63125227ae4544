/**
 * Whether a pattern of IAM matches a whole text: `*` is zero or more characters, `?` exactly one, everything else itself
 * (IAM User Guide, "Condition operators": `StringLike`). Not the wildcards of Pulumi Cloud, whose `?` may be absent. It
 * backtracks to the last star only, so that time grows with the product of the two lengths at most.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [at, inText, star, resumed] = [0, 0, -1, 0];
  while (inText < text.length) {
    if (pattern[at] === "*") {
      star = at;
      at += 1;
      resumed = inText;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[inText])) {
      at += 1;
      inText += 1;
    } else if (star >= 0) {
      at = star + 1;
      resumed += 1;
      inText = resumed;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") {
    at += 1;
  }
  return at === pattern.length;
}
