import { takesAll } from "./tokens";

/**
 * Whether a pattern of IAM matches a whole text: `*` is zero or more characters, `?` exactly one, everything else itself
 * (IAM User Guide, "Condition operators": `StringLike`). Not the wildcards of Pulumi Cloud, whose `?` may be absent and
 * whose `.` is one; the matcher is shared, so what it calls `.` is IAM's `?`.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const tokens = [...pattern].map((token) => (token === "?" ? "." : literal(token)));
  return takesAll(tokens, [...text].map(literal), () => "?.");
}

/** Half a character, which no well-formed text holds. */
const DOT = "\uD800";

/** A dot of IAM is no wildcard: it gets a name that the matcher takes for a letter. */
function literal(character: string): string {
  if (character === DOT) {
    return "\uFFFD";
  }
  return character === "." ? DOT : character;
}
