/** Bits used of a word: two more are left, for the carry of an addition and for the sign. */
const BITS = 30;
const ALL = 2 ** BITS - 1;

/** A letter that is more frequent than one in so many words of the pattern gets a mask of its own. */
const FREQUENT = 16;

/** A pattern as bits: bit p is about its token p, or about standing before it. */
interface Machine {
  /** Positions reached; the one behind the last token is the end. Words below `low` no longer count. */
  state: Int32Array;
  stars: Int32Array;
  /** Tokens that may take nothing. */
  optional: Int32Array;
  /** First and last word with a position that counts. */
  low: number;
  top: number;
  /** Last word from which the letters left can still all be taken. */
  limit: number;
}

/**
 * Whether the tokens (`*`, `?`, `.` or a letter) take all letters, from the first to the last. A star takes any letter, a
 * letter itself, and `wild` tells which of `?` and `.` take a letter: `""`, `"?"` or `"?."`.
 *
 * The letters are walked once, with all positions reached so far as bits: 30 of them advance together, and those that tokens
 * may be skipped to are found by the carry of an addition. Positions before a star that is reached, and positions whose
 * tokens ahead need more letters than are left or can't take them all, are dropped. So the time is linear in the tokens for
 * letters of some length and the other way round: at worst letters × tokens / 30, some tenths of a second for two sides of
 * 100,000 characters. In both at once no way is linear, nor better than the product by more than such factors, as far as is
 * known: letters with optional ones between them are a subsequence with bounded gaps, for which that would refute the
 * orthogonal vectors hypothesis (Day, Kosche, Manea, Schmid, "Subsequences with Gap Constraints", ISAAC 2022).
 */
export function walk(
  tokens: readonly string[],
  letters: readonly string[],
  wild: (letter: string) => "" | "?" | "?.",
): boolean {
  const words = Math.floor(tokens.length / BITS) + 1;
  const places = placesOf(tokens);
  const needed = neededFrom(tokens);
  const maskOf = (names: string) =>
    setPlaces(
      new Int32Array(words),
      [...names].flatMap((name) => places.get(name) ?? []),
    );
  const machine: Machine = {
    state: new Int32Array(words),
    stars: maskOf("*"),
    optional: maskOf("*?"),
    low: 0,
    top: 0,
    limit: 0,
  };
  const masks = new Map<string, Int32Array>();
  const cached = (key: string, names: string) => {
    const mask = masks.get(key) ?? maskOf(names);
    masks.set(key, mask);
    return mask;
  };
  const lastStar = tokens.lastIndexOf("*");
  const limitFor = (left: number) => Math.floor(Math.max(lastStar, tokens.length - left) / BITS);
  let left = letters.length;
  machine.limit = limitFor(left);
  advance(machine, new Int32Array(words), 1);
  for (const letter of letters) {
    left -= 1;
    machine.limit = limitFor(left);
    const kind = wild(letter);
    const own = "*?.".includes(letter) ? undefined : places.get(letter);
    if (own !== undefined && own.length * FREQUENT > words) {
      advance(machine, cached(`${letter}${kind}`, `${kind}${letter}`), 0);
    } else {
      // Masks of all letters would not fit into memory when each letter is another: rare ones are put in and taken out.
      const mask = cached(kind, kind);
      setPlaces(mask, own);
      advance(machine, mask, 0);
      clearPlaces(mask, own);
    }
    while (machine.low <= machine.top && needed[Math.min(machine.low * BITS + BITS - 1, tokens.length)]! > left) {
      machine.low += 1;
    }
    if (machine.low > machine.top) {
      return false;
    }
  }
  return (machine.state[words - 1]! & (1 << (tokens.length % BITS))) !== 0;
}

/** Takes one letter, given the tokens that take it; `entering` is 1 to begin, standing before the first token. */
function advance(machine: Machine, mask: Int32Array, entering: 0 | 1): void {
  const { state, stars, optional } = machine;
  const { top, limit } = machine;
  let shifted: number = entering;
  let added = 0;
  machine.top = -1;
  for (let word = machine.low; word <= limit && (word <= top || shifted + added > 0); word += 1) {
    const before = state[word]!;
    const taken = before & mask[word]!;
    let after = ((taken << 1) & ALL) | shifted | (before & stars[word]!);
    shifted = taken >>> (BITS - 1);
    // Adding a bit at the place where a run of ones stands turns over all bits from there to the first one behind the run:
    // just the positions that skipping leads to.
    const skippable = optional[word]!;
    const sum = skippable + (after & skippable) + added;
    added = sum >>> BITS;
    after |= (sum & ALL) ^ skippable;
    state[word] = after;
    if (after !== 0) {
      machine.top = word;
      if ((after & stars[word]!) !== 0) {
        // A star stays reached, and every way through an earlier position comes by it.
        machine.low = word;
      }
    }
  }
}

/** Where each token stands. */
function placesOf(tokens: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  tokens.forEach((token, position) => {
    const known = places.get(token);
    if (known === undefined) {
      places.set(token, [position]);
    } else {
      known.push(position);
    }
  });
  return places;
}

/** How many letters the tokens from each position on need at least. */
function neededFrom(tokens: readonly string[]): Int32Array {
  const needed = new Int32Array(tokens.length + 1);
  for (let position = tokens.length - 1; position >= 0; position -= 1) {
    const optional = tokens[position] === "*" || tokens[position] === "?";
    needed[position] = needed[position + 1]! + (optional ? 0 : 1);
  }
  return needed;
}

function setPlaces(mask: Int32Array, places: readonly number[] = []): Int32Array {
  for (const place of places) {
    mask[Math.floor(place / BITS)]! |= 1 << (place % BITS);
  }
  return mask;
}

function clearPlaces(mask: Int32Array, places: readonly number[] = []): void {
  for (const place of places) {
    mask[Math.floor(place / BITS)]! &= ~(1 << (place % BITS));
  }
}
