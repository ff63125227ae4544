/** An escaped character that is not a letter, or any of its own; `.` with what may follow it; what a glob has no words for. */
const TOKEN = /\\([^A-Za-z0-9*?])|(\.[*+]?\??)|([^\\.^$*+?()[\]{}|])/y;

/**
 * The glob (`*` any characters, `?` one) that matches what a regular expression finds anywhere in a text, as CEL's `matches`
 * does; undefined for one that takes more than letters, `.`, `.*`, `.+`, `^` and `$`.
 */
export function globOf(regex: string): string | undefined {
  const fromStart = regex.startsWith("^");
  const toEnd = /(^|[^\\])(\\\\)*\$$/.test(regex);
  const body = regex.slice(fromStart ? 1 : 0, toEnd ? -1 : undefined);
  let glob = fromStart ? "" : "*";
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const [matched, escaped, dot, letter] = TOKEN.exec(body) ?? [];
    if (matched === undefined || dot === ".?" || /^[*+?{]/.test(body.slice(TOKEN.lastIndex))) {
      return undefined;
    }
    glob += escaped ?? letter ?? (dot?.startsWith(".*") ? "*" : dot?.startsWith(".+") ? "?*" : "?");
  }
  return toEnd ? glob : `${glob}*`;
}
