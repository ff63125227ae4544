import { type Claims, claimPaths, parseClaimPath, shown } from "../../claims";
import { ISSUERS, type IssuerRecord, KNOWN_ISSUERS } from "../../issuers";
import { matchesWildcard } from "../../pattern";
import type { RuleFailure } from "./evaluate";

/** A test for one mistake: what to say when it is the one. */
type Clue = (expected: string, actual: string) => string | undefined;

/** In the order in which they are likely to be meant; the first that fits is told. */
const CLUES: Clue[] = [finalSlash, letterCase, whiteSpace, scheme, idsInSubject, otherSyntax, onePart, goesOn];

/**
 * What a failed rule most likely needs, where the difference is one that people overlook; undefined where there is none to
 * be seen.
 */
export function nearestFix({ path, expected, actual }: RuleFailure, claims: Claims): string | undefined {
  if (actual.length === 0) {
    return absent(path, claims);
  }
  for (const clue of CLUES) {
    const found = actual.map((value) => clue(expected, value)).find((text) => text !== undefined);
    if (found !== undefined) {
      return found;
    }
  }
  if (path === "aud") {
    return `ask the issuer for a token with the audience ${shown(expected)}`;
  }
  return actual.length > 1 ? `the claim is a list of ${actual.length}, and none of them is it` : undefined;
}

function finalSlash(expected: string, actual: string): string | undefined {
  return matchesWildcard(expected.replace(/\/$/, ""), actual.replace(/\/$/, ""))
    ? "they differ only by a final slash"
    : undefined;
}

function letterCase(expected: string, actual: string): string | undefined {
  return matchesWildcard(expected.toLowerCase(), actual.toLowerCase())
    ? "they differ only in upper and lower case"
    : undefined;
}

function whiteSpace(expected: string, actual: string): string | undefined {
  return matchesWildcard(expected.replace(/\s/g, ""), actual.replace(/\s/g, ""))
    ? "they differ only by white space"
    : undefined;
}

function scheme(expected: string, actual: string): string | undefined {
  const plain = (text: string) => text.replace(/^https?:\/\//, "");
  return plain(expected) !== "" && matchesWildcard(plain(expected), plain(actual))
    ? "they differ only by https:// at the beginning"
    : undefined;
}

function idsInSubject(expected: string, actual: string): string | undefined {
  const records: readonly IssuerRecord[] = ISSUERS;
  const plain = records.flatMap((record) => record.withoutIds?.(actual) ?? []);
  return plain.some((subject) => subject !== actual && matchesWildcard(expected, subject))
    ? `the token's subject has ids in it: write ${shown(actual.split(":").slice(0, 2).join(":"))}`
    : undefined;
}

/** Signs of regular expressions and of other globs, which here are letters. */
function otherSyntax(expected: string, actual: string): string | undefined {
  const sign = /[[\](){}|\\^$]/.exec(expected)?.[0];
  return sign !== undefined && !actual.includes(sign)
    ? `${sign} stands for itself in a pattern: only *, ? and . are wildcards`
    : undefined;
}

/** Parts between delimiters, of which one alone differs. */
function onePart(expected: string, actual: string): string | undefined {
  const [wanted, got] = [expected.split(/[:/]/), actual.split(/[:/]/)];
  const different = wanted.flatMap((part, index) => (matchesWildcard(part, got[index] ?? "") ? [] : [index]));
  const [index] = different;
  if (wanted.length < 3 || wanted.length !== got.length || index === undefined || different.length > 1) {
    return undefined;
  }
  return `only ${nameOfPart(expected, wanted, index)} differs: expected ${shown(wanted[index] ?? "")}, got ${shown(got[index] ?? "")}`;
}

/** Words in subjects that name the part behind them: `project:PROJECT:stack:STACK`. */
const LABELS = new Set(KNOWN_ISSUERS.flatMap(({ labels }) => labels ?? []));

function nameOfPart(subject: string, parts: readonly string[], index: number): string {
  const form = KNOWN_ISSUERS.flatMap(({ subjects }) => subjects).find(({ start }) => subject.startsWith(start));
  const before = parts[index - 1];
  return form?.parts?.[index] || (before !== undefined && LABELS.has(before) ? `the ${before}` : `part ${index + 1}`);
}

function goesOn(expected: string, actual: string): string | undefined {
  if (expected === "" || /[*?]/.test(expected) || !actual.startsWith(expected)) {
    return undefined;
  }
  const rest = actual.slice(expected.length);
  return `the value goes on with ${shown(rest)}: where any ending is meant, write ${shown(`${expected}${/^[-_:/]/.test(rest) ? rest[0] : ""}*`)}`;
}

/** Why there is no value at a path, though there may be one where it was meant. */
function absent(path: string, claims: Claims): string | undefined {
  const keys = parseClaimPath(path);
  const value = keys.reduce<unknown>(
    (current, key) =>
      typeof current === "object" && current !== null && !Array.isArray(current) && Object.hasOwn(current, key)
        ? (current as Record<string, unknown>)[key]
        : undefined,
    claims,
  );
  if (Array.isArray(value)) {
    return value.length === 0 ? "the claim is an empty list" : "the claim is a list of objects, which match nothing";
  }
  if (value === null) {
    return "the claim is null";
  }
  if (typeof value === "object") {
    return `the claim is an object: name one of its keys, ${Object.keys(value).slice(0, 5).map(shown).join(", ")}`;
  }
  const paths = claimPaths(claims);
  const whole = keys.join(".");
  const quoted = paths.find((entry) => entry.keys.join(".") === whole);
  if (quoted !== undefined) {
    return `write the path as ${shown(quoted.path)}: a key that contains a dot is quoted, and no other`;
  }
  const last = keys.at(-1)?.toLowerCase();
  const similar =
    paths.find((entry) => entry.keys.join(".").toLowerCase() === whole.toLowerCase()) ??
    paths.find((entry) => entry.keys.join(".").toLowerCase().endsWith(`.${whole.toLowerCase()}`)) ??
    paths.find((entry) => entry.keys.at(-1)?.toLowerCase() === last);
  return similar && `the token has ${shown(similar.path)}`;
}
