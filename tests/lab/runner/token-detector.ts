/** A secret found in a text: which kind, and where, but not itself. */
export interface Finding {
  kind: "JSON Web Token" | "Pulumi access token" | "known secret";
  /** The text just before it, to find it by. */
  after: string;
}

const SHAPES: [Finding["kind"], RegExp][] = [
  ["JSON Web Token", /eyJ[\w-]{8,}\.eyJ[\w-]{8,}/g],
  ["Pulumi access token", /pul-[0-9a-f]{40}/g],
];

/**
 * Finds whatever could be replayed: JSON Web Tokens (header and claims are enough to be one, since a log may be cut),
 * access tokens, and the secrets named.
 */
export function findTokens(text: string, secrets: readonly string[] = []): Finding[] {
  const found: Finding[] = [];
  const add = (kind: Finding["kind"], index: number) =>
    found.push({ kind, after: text.slice(Math.max(0, index - 60), index) });
  for (const [kind, shape] of SHAPES) {
    for (const match of text.matchAll(shape)) {
      add(kind, match.index);
    }
  }
  for (const secret of secrets) {
    for (let index = text.indexOf(secret); index >= 0; index = text.indexOf(secret, index + 1)) {
      add("known secret", index);
    }
  }
  return found;
}
