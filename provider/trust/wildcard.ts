/**
 * Whether a pattern of an auth policy matches a whole value. `*` is zero or more characters, `?` zero or one, `.` exactly
 * one, everything else itself; there is no escape (Pulumi Cloud documentation, "OIDC issuers": wildcards).
 *
 * Walks the value once with the set of pattern positions reached so far, so no pattern makes it backtrack.
 */
export function matchesWildcard(pattern: string, value: string): boolean {
  const tokens = [...pattern];
  const width = tokens.length + 1;
  let reached = new Uint8Array(width);
  reached[0] = 1;
  skipOptional(tokens, reached);
  for (const character of value) {
    const next = new Uint8Array(width);
    let any = false;
    for (let position = 0; position < tokens.length; position += 1) {
      if (reached[position] === 0) {
        continue;
      }
      const token = tokens[position];
      if (token === "*") {
        next[position] = 1;
        any = true;
      } else if (token === "?" || token === "." || token === character) {
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
