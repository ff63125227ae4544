import { OidcRunnerError } from "../errors";

/** Longest pattern with wildcards, and longest text it is compared with, in UTF-16 code units. */
export const LONGEST_PATTERN = 4096;

/** Wildcards, by names that no character has: any characters, at most one, exactly one. */
const [ANY, OPTIONAL, ONE] = ["any", "optional", "one"];
const WILDCARDS: Record<string, string | undefined> = { "*": ANY, "?": OPTIONAL, ".": ONE };
const GLOB: Record<string, string | undefined> = { "*": ANY, "?": ONE };

/**
 * Whether a pattern of an auth policy matches a whole value. `*` is zero or more characters, `?` zero or one, `.` exactly
 * one, everything else itself; there is no escape (Pulumi Cloud documentation, "OIDC issuers": wildcards).
 *
 * @throws OidcRunnerError `PATTERN_TOO_LONG` for a pattern with wildcards, or its value, of more than 4096 characters
 */
export function matchesWildcard(pattern: string, value: string): boolean {
  return matches(pattern, value, pattern.search(/[*?.]/), WILDCARDS);
}

/**
 * Whether a pattern of IAM or Entra ID matches a whole text. `*` is zero or more characters, `?` exactly one, everything else
 * itself (IAM User Guide, "Condition operators": `StringLike`).
 *
 * @throws OidcRunnerError `PATTERN_TOO_LONG` for a pattern with wildcards, or its text, of more than 4096 characters
 */
export function matchesGlob(pattern: string, text: string): boolean {
  return matches(pattern, text, pattern.search(/[*?]/), GLOB);
}

/**
 * Whether a pattern of an auth policy matches everything another one matches. A yes is certain. Some pairs get a no although
 * it holds, because wildcards are compared one by one (`..*` and `a*b`), and so do patterns of more than 4096 characters.
 */
export function coversPattern(pattern: string, other: string): boolean {
  const [tokens, others] = [pattern, other].map((text) => tokensOf(inOrder(text), WILDCARDS));
  return Math.max(pattern.length, other.length) <= LONGEST_PATTERN && takesAll(tokens ?? [], others ?? []);
}

/**
 * Whether a pattern of an auth policy has a character that stands for itself. Pulumi Cloud refuses a rule without one: "key
 * sub should at least have a strict matching portion" was seen for the empty text (limit7412/VRCServiceStatusPanel,
 * infra/README.md); whether it refuses `*`, `?` and `.` too is not known, so they are never written.
 */
export function hasLiteralPart(pattern: string): boolean {
  return /[^*?.]/.test(pattern);
}

/** Each run of wildcards in one order, `.` first and `*` instead of `?`, so that `*?.` and `.*` are compared as one. */
function inOrder(pattern: string): string {
  return pattern.replace(
    /[*?.]+/g,
    (run) => run.replace(/[*?]/g, "") + (run.includes("*") ? "*" : run.replace(/\./g, "")),
  );
}

function tokensOf(pattern: string, wildcards: typeof WILDCARDS): string[] {
  return Array.from(pattern, (character) => wildcards[character] ?? character);
}

/** `first`: the place of the first wildcard, negative for none. What stands before it decides nearly always. */
function matches(pattern: string, text: string, first: number, wildcards: typeof WILDCARDS): boolean {
  if (first < 0) {
    return pattern === text;
  }
  if (Math.max(pattern.length, text.length) > LONGEST_PATTERN) {
    const what = `a pattern of ${pattern.length} characters can't be compared with a text of ${text.length}`;
    const fix = `use at most ${LONGEST_PATTERN} characters in both, or a pattern without wildcards`;
    throw new OidcRunnerError("PATTERN_TOO_LONG", what, { fix });
  }
  return (
    text.startsWith(pattern.slice(0, first)) &&
    takesAll(tokensOf(pattern.slice(first), wildcards), [...text.slice(first)])
  );
}

/** Whether tokens take all letters, in order. The letters are read once, with the list of all places reached so far. */
function takesAll(tokens: readonly string[], letters: readonly string[]): boolean {
  let reached = reach(tokens, 0, []);
  for (const letter of letters) {
    const next: number[] = [];
    for (const place of reached) {
      if (takes(tokens[place], letter)) {
        reach(tokens, tokens[place] === ANY ? place : place + 1, next);
      }
    }
    reached = next;
  }
  return reached.at(-1) === tokens.length;
}

/** Adds a place and those behind tokens that may take nothing, unless they are there. Places come in ascending order. */
function reach(tokens: readonly string[], from: number, places: number[]): number[] {
  let place = from;
  while (place > (places.at(-1) ?? -1)) {
    if (tokens[place] === ANY) {
      // All ways through earlier places lead through this one, which stays reached.
      places.length = 0;
    }
    places.push(place);
    place += tokens[place] === ANY || tokens[place] === OPTIONAL ? 1 : 0;
  }
  return places;
}

/** A letter may be a wildcard of another pattern: then it is taken only by one that matches all that it matches. */
function takes(token: string | undefined, letter: string): boolean {
  const isSingle = token === ONE || token === OPTIONAL;
  return token === ANY || token === letter || (isSingle && letter !== ANY && letter !== OPTIONAL);
}
