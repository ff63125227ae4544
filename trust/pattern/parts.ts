/**
 * Whether the tokens (`*` or a letter) take all letters, from the first to the last. A star takes any letters or none, a letter
 * itself.
 *
 * The part before the first star and the one behind the last have their places; each of the others is taken where it first
 * fits, since that leaves the most to those behind it, and is looked for by the method of Knuth, Morris and Pratt, which reads
 * no letter of a failed attempt again. So the time is linear in tokens and letters together, whatever they are.
 */
export function takesParts(tokens: readonly string[], letters: readonly string[]): boolean {
  const begin = tokens.indexOf("*");
  if (begin < 0) {
    return tokens.length === letters.length && isAt(tokens, letters, 0);
  }
  const behind = tokens.lastIndexOf("*") + 1;
  const end = letters.length - (tokens.length - behind);
  if (end < begin || !isAt(tokens.slice(0, begin), letters, 0) || !isAt(tokens.slice(behind), letters, end)) {
    return false;
  }
  let at = begin;
  let part: string[] = [];
  for (const token of tokens.slice(begin, behind)) {
    if (token !== "*") {
      part.push(token);
    } else if (part.length > 0) {
      const found = behindFirst(part, letters, at, end);
      if (found === undefined) {
        return false;
      }
      at = found;
      part = [];
    }
  }
  return true;
}

function isAt(part: readonly string[], letters: readonly string[], at: number): boolean {
  return part.every((token, index) => token === letters[at + index]);
}

/** The place behind the first occurrence of a part between two places. */
function behindFirst(
  part: readonly string[],
  letters: readonly string[],
  from: number,
  to: number,
): number | undefined {
  if (part.length > to - from) {
    return undefined;
  }
  const borders = bordersOf(part);
  let taken = 0;
  for (let at = from; at < to; at += 1) {
    taken = takenWith(letters[at] as string, part, taken, borders);
    if (taken === part.length) {
      return at + 1;
    }
  }
  return undefined;
}

/** For each beginning of a part, by its length: how long the longest shorter beginning is that it also ends with. */
function bordersOf(part: readonly string[]): Int32Array {
  const borders = new Int32Array(part.length + 1);
  for (let length = 1; length < part.length; length += 1) {
    borders[length + 1] = takenWith(part[length] as string, part, borders[length]!, borders);
  }
  return borders;
}

/** How many tokens of a part are taken by the last letters, one more letter included. */
function takenWith(letter: string, part: readonly string[], before: number, borders: Int32Array): number {
  let taken = before;
  while (taken > 0 && part[taken] !== letter) {
    taken = borders[taken]!;
  }
  return part[taken] === letter ? taken + 1 : 0;
}
