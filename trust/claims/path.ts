import { OidcRunnerError } from "../errors";

/** One key of a path: quoted (any character but a quote) or plain (no dot, no quote). */
const KEY = /"([^"]+)"|([^".]+)/y;

/**
 * Splits a claim path of an auth policy rule into its keys. Keys with dots are quoted: `"kubernetes.io".pod.name` is
 * `["kubernetes.io", "pod", "name"]` (Pulumi Cloud documentation, "OIDC issuers").
 *
 * @throws OidcRunnerError `CLAIM_PATH_INVALID` for an empty key, a stray quote or a trailing dot.
 */
export function parseClaimPath(path: string): string[] {
  const keys: string[] = [];
  let position = 0;
  while (true) {
    KEY.lastIndex = position;
    const match = KEY.exec(path);
    if (match === null) {
      break;
    }
    keys.push((match[1] ?? match[2]) as string);
    position = KEY.lastIndex;
    if (position === path.length) {
      return keys;
    }
    if (path[position] !== ".") {
      break;
    }
    position += 1;
  }
  throw new OidcRunnerError("CLAIM_PATH_INVALID", `"${path}" is not a claim path`, {
    where: `character ${position + 1}`,
    fix: 'separate keys by dots and quote a key that contains dots, as in "kubernetes.io".namespace',
  });
}
