import { type Claims, claimValues } from "../../claims";
import type { GcpProvider } from "./provider";

/** The pool a provider belongs to, as members name it: `projects/NUMBER/locations/global/workloadIdentityPools/POOL`. */
export type Pool = string;

const PROVIDER =
  /^(?:https:)?\/\/iam\.googleapis\.com\/((projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+)\/providers\/[a-z0-9-]+)$/;

/** Whether a token is meant for a provider: why not, or nothing; and the pool, as far as that is known by now. */
export interface AudienceFinding {
  reason: string | undefined;
  pool: Pool | undefined;
}

/**
 * Holds `aud` against the allowed audiences; of several that a token has, one is enough. Without any, the audience must be
 * the provider's own resource name, with or without `https:` (IAM API reference, `Oidc.allowedAudiences`). The document
 * need not say that name; then every audience of its form is taken for it, and tells the pool.
 */
export function checkAudience({ allowedAudiences, name }: GcpProvider, claims: Claims): AudienceFinding {
  const actual = claimValues(claims, ["aud"]);
  const got = actual.length === 0 ? "no aud" : `aud ${actual.join(", ")}`;
  const known = name?.replace(/\/providers\/.*$/, "");
  if (allowedAudiences.length > 0) {
    const allowed = actual.some((audience) => allowedAudiences.includes(audience));
    const reason = allowed ? undefined : `audience expected ${allowedAudiences.join(" or ")}, got ${got}`;
    return { reason, pool: known };
  }
  const own = actual.map((audience) => PROVIDER.exec(audience)).find((match) => match && (match[1] === name || !name));
  const expected = `//iam.googleapis.com/${name ?? "projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID"}`;
  return own
    ? { reason: undefined, pool: own[2] }
    : {
        reason: `audience expected ${expected}, the provider's own name, because allowedAudiences is empty, got ${got}`,
        pool: known,
      };
}
