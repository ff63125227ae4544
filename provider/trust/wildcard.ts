/**
 * Whether a pattern of an auth policy matches a whole value. `*` is zero or more characters, `?` zero or one, `.` exactly
 * one, everything else itself; there is no escape (Pulumi Cloud documentation, "OIDC issuers": wildcards).
 */
export function matchesWildcard(pattern: string, value: string): boolean {
  return walk(pattern, value, (token, character) => token === "?" || token === "." || token === character);
}

/**
 * Whether a pattern matches everything another pattern matches. Wildcards are compared one by one, so a yes is certain,
 * while some pairs that differ only in how they are written (`*?` and `*`) get a no.
 */
export function coversPattern(pattern: string, other: string): boolean {
  return walk(pattern, other, (token, letter) => {
    // A star is taken by a star alone, and what may be absent by nothing that must be there.
    const taken = { "*": "", "?": "?", ".": "?." }[letter] ?? `?.${letter}`;
    return taken.includes(token);
  });
}

/**
 * Walks the letters once with the set of pattern positions reached so far, so no pattern makes it backtrack. `takes` tells
 * whether a token other than `*` takes a letter.
 */
function walk(pattern: string, letters: string, takes: (token: string, letter: string) => boolean): boolean {
  const tokens = [...pattern];
  const width = tokens.length + 1;
  let reached = new Uint8Array(width);
  reached[0] = 1;
  skipOptional(tokens, reached);
  for (const letter of letters) {
    const next = new Uint8Array(width);
    let any = false;
    for (let position = 0; position < tokens.length; position += 1) {
      if (reached[position] === 0) {
        continue;
      }
      const token = tokens[position] as string;
      if (token === "*") {
        next[position] = 1;
        any = true;
      } else if (takes(token, letter)) {
        next[position + 1] = 1;
        any = true;
      }
    }
    if (!any) {
      return false;
    }
    skipOptional(tokens, next);
    reached = next;
  }
  return reached[tokens.length] === 1;
}

/** `*` and `?` may match nothing: who stands before them stands behind them too. */
function skipOptional(tokens: readonly string[], reached: Uint8Array): void {
  for (let position = 0; position < tokens.length; position += 1) {
    if (reached[position] === 1 && (tokens[position] === "*" || tokens[position] === "?")) {
      reached[position + 1] = 1;
    }
  }
}
