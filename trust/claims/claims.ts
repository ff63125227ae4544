/** The claims of a decoded token: one JSON object (RFC 7519 §4). */
export type Claims = { readonly [name: string]: unknown };

/** Values a rule can be held against. Objects and null are not values. */
type Scalar = string | number | boolean;

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/**
 * The values found at a claim path, as text: none when the claim is absent or an object, one for a scalar, several for an
 * array (a Kubernetes token's `aud` is always an array, and any element counts).
 */
export function claimValues(claims: Claims, path: readonly string[]): string[] {
  let current: unknown = claims;
  for (const key of path) {
    if (typeof current !== "object" || current === null || Array.isArray(current) || !Object.hasOwn(current, key)) {
      return [];
    }
    current = (current as Record<string, unknown>)[key];
  }
  if (Array.isArray(current)) {
    return current.filter(isScalar).map(String);
  }
  return isScalar(current) ? [String(current)] : [];
}
