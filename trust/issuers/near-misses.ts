import type { Claims } from "../claims";

/** Names that begin or end alike. */
export const namesLike = (name: string): string[] => [`${name}-2`, `x${name}`];

/** Ids that begin or end alike. */
export const idsLike = (id: string): string[] => [`${id}0`, `1${id}`];

/**
 * Tokens that differ from one in one part.
 *
 * @param parts what the token is made of; parts that are undefined stay away
 * @param like for each part that can differ: values that resemble it
 * @param open parts in which the token may differ
 * @param token the claims of such parts
 */
export function nearMisses<P extends object>(
  parts: P,
  like: { [K in keyof P]?: (value: NonNullable<P[K]>) => P[K][] },
  open: readonly string[],
  token: (parts: P) => Claims,
): Claims[] {
  return keysOf(like).flatMap((part) => {
    const value = parts[part];
    const others = value === undefined || value === null || open.includes(part) ? [] : (like[part]?.(value) ?? []);
    return others.filter((other) => other !== value).map((other) => token({ ...parts, [part]: other }));
  });
}

function keysOf<T extends object>(value: T): (keyof T & string)[] {
  return Object.keys(value) as (keyof T & string)[];
}
