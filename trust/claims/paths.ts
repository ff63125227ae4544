import type { Claims } from "./claims";

/** A claim that a rule can be held against: its keys, and the path a rule names it by. */
export interface ClaimPath {
  keys: string[];
  path: string;
}

/** Claims are shallow; what is deeper or further on is not looked at. */
const DEEPEST = 6;
const MOST = 500;

/** The paths of all claims that have values: texts, numbers, booleans and lists. */
export function claimPaths(claims: Claims): ClaimPath[] {
  const found: ClaimPath[] = [];
  const visit = (value: unknown, keys: string[]): void => {
    if (found.length >= MOST || value === null || value === undefined) {
      return;
    }
    if (typeof value !== "object" || Array.isArray(value)) {
      const path = formatClaimPath(keys);
      if (path !== undefined) {
        found.push({ keys, path });
      }
    } else if (keys.length < DEEPEST) {
      for (const [key, inner] of Object.entries(value)) {
        visit(inner, [...keys, key]);
      }
    }
  };
  visit(claims, []);
  return found;
}

/**
 * Writes a claim path as a rule names it: keys with dots are quoted, as in `"kubernetes.io".namespace`. Undefined for keys
 * that no path can name: empty ones, and those that hold a quote.
 */
export function formatClaimPath(keys: readonly string[]): string | undefined {
  if (keys.length === 0 || keys.some((key) => key === "" || key.includes('"'))) {
    return undefined;
  }
  return keys.map((key) => (key.includes(".") ? `"${key}"` : key)).join(".");
}
