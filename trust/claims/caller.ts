import { OidcRunnerError } from "../errors";
import type { Claims } from "./claims";
import { parseClaimPath } from "./path";

/**
 * Claims given as claim path to value, in the notation of rules, as the object a token would hold.
 *
 * @throws OidcRunnerError `CLAIM_PATH_INVALID`, `CALLER_INVALID` for paths that are mutually exclusive
 */
export function claimsFromPaths(values: Readonly<Record<string, string>>): Claims {
  const claims: Record<string, unknown> = Object.create(null);
  for (const [path, value] of Object.entries(values)) {
    const keys = parseClaimPath(path);
    const last = keys.pop() as string;
    let parent = claims;
    for (const key of keys) {
      parent[key] ??= Object.create(null);
      parent = parent[key] as Record<string, unknown>;
      if (typeof parent !== "object") {
        break;
      }
    }
    if (typeof parent !== "object" || last in parent) {
      throw new OidcRunnerError("CALLER_INVALID", `${path} can't be a claim beside the others`, {
        where: "callerClaims",
        fix: "give each claim once, and none below another",
      });
    }
    parent[last] = value;
  }
  return claims;
}

/**
 * The claims of a JSON Web Token (RFC 7519), decoded and not verified: they are the caller's own.
 *
 * @throws OidcRunnerError `CALLER_INVALID`; its text quotes nothing of the token.
 */
export function claimsFromToken(token: string): Claims {
  const parts = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts.length === 3 ? (parts[1] ?? "") : "", "base64url").toString());
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) {
      return claims as Claims;
    }
  } catch {
    // Said below; the parser's message would quote the token.
  }
  throw new OidcRunnerError("CALLER_INVALID", "the file holds no JSON Web Token", {
    where: "callerTokenFile",
    fix: "give the path of a file that holds the token and nothing else",
  });
}
