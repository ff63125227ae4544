/**
 * Whether a pattern takes a whole text, by the definition of its wildcards alone: plain recursion, which shares nothing with the
 * product. `*` takes any characters, one of `optional` one or none, one of `one` exactly one; by default as in Pulumi Cloud.
 */
export function takes(pattern: string, text: string, optional = "?", one = "."): boolean {
  const [tokens, letters] = [[...pattern], [...text]];
  const from = (place: number, at: number): boolean => {
    const token = tokens[place];
    const isThere = at < letters.length;
    if (token === undefined) return !isThere;
    if (token === "*") return from(place + 1, at) || (isThere && from(place, at + 1));
    if (optional.includes(token)) return from(place + 1, at) || (isThere && from(place + 1, at + 1));
    return isThere && (one.includes(token) || token === letters[at]) && from(place + 1, at + 1);
  };
  return from(0, 0);
}
