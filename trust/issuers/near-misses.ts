import { type Claims, claimValues } from "../claims";

/** Names that begin or end alike. */
export const namesLike = (name: string): string[] => [`${name}-2`, `x${name}`];

/** Ids that begin or end alike. */
export const idsLike = (id: string): string[] => [`${id}0`, `1${id}`];

/** For each part of a token that can differ: values that resemble one. */
type Like<P> = { [K in keyof P]?: (value: NonNullable<P[K]>) => P[K][] };

/**
 * Tokens that differ from one in one part.
 *
 * @param parts what the token is made of; parts that are undefined stay away
 * @param open parts in which the token may differ
 * @param token the claims of such parts
 */
export function nearMisses<P extends object>(
  parts: P,
  like: Like<P>,
  open: readonly string[],
  token: (parts: P) => Claims,
): Claims[] {
  return keysOf(like).flatMap((part) => {
    const value = parts[part];
    const others = value === undefined || value === null || open.includes(part) ? [] : (like[part]?.(value) ?? []);
    return others.filter((other) => other !== value).map((other) => token({ ...parts, [part]: other }));
  });
}

/**
 * The near misses of a token whose audience is one text: those of its parts, and other audiences. Claims that the token does
 * not have are not added.
 *
 * @param parts what its subject is made of; undefined for a subject of another form, which then differs as a whole
 * @param claimsOf the claims that such parts come to
 */
export function neighboursOf<P extends object>(
  claims: Claims,
  open: readonly string[],
  parts: P | undefined,
  like: Like<P>,
  claimsOf: (parts: P) => Record<string, unknown>,
): Claims[] {
  const [sub] = claimValues(claims, ["sub"]);
  const [audience] = claimValues(claims, ["aud"]);
  const withParts = (changed: P) => {
    const had = Object.entries(claimsOf(changed)).filter(([claim]) => claims[claim] !== undefined);
    return { ...claims, ...Object.fromEntries(had) };
  };
  return [
    ...(parts === undefined
      ? nearMisses({ subject: sub }, { subject: namesLike }, open, ({ subject }) => ({ ...claims, sub: subject }))
      : nearMisses(parts, like, open, withParts)),
    ...nearMisses({ audience }, { audience: namesLike }, open, ({ audience: aud }) => ({
      ...claims,
      aud: Array.isArray(claims.aud) ? [aud] : aud,
    })),
  ];
}

function keysOf<T extends object>(value: T): (keyof T & string)[] {
  return Object.keys(value) as (keyof T & string)[];
}
