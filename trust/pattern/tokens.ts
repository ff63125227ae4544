import { takesParts } from "./parts";
import { walk } from "./walk";

/**
 * Whether the tokens of a pattern (`*`, `?`, `.` or a letter) take all letters, from the first to the last. `*` takes any
 * letters or none, `?` at most one, `.` exactly one, a letter itself; `wild` tells which of `?` and `.` take a letter: `""`,
 * `"?"` or `"?."`.
 *
 * Linear in time with stars and letters; for `?` and `.` see {@link walk}.
 */
export function takesAll(
  tokens: readonly string[],
  letters: readonly string[],
  wild: (letter: string) => "" | "?" | "?.",
): boolean {
  const single = tokens.includes("?") || tokens.includes(".");
  return single ? walk(tokens, letters, wild) : takesParts(tokens, letters);
}
