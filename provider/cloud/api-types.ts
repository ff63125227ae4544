import type { PolicyDefinition } from "../trust/policy";

/** A JSON Web Key Set (RFC 7517 §5). */
export interface JsonWebKeySet {
  keys: Record<string, unknown>[];
}

/** A registered issuer, as the API answers it. */
export interface IssuerRecord {
  id: string;
  name: string;
  /** As registered; can't be changed. */
  url: string;
  /** `iss` of its tokens, from the discovery document. */
  issuer: string;
  thumbprints?: string[];
  jwks?: JsonWebKeySet;
  /** Longest life of an access token, in seconds. */
  maxExpiration?: number;
}

/** Body of a registration. */
export interface IssuerRegistration {
  name: string;
  url: string;
  thumbprints?: string[];
  jwks?: JsonWebKeySet;
  maxExpiration?: number;
}

/** Body of a change; `name` is required by the service. An absent field stays, null clears it. */
export interface IssuerChange {
  name: string;
  thumbprints?: string[] | null;
  jwks?: JsonWebKeySet | null;
  maxExpiration?: number | null;
}

/** The auth policy of an issuer. Read by issuer id, written by policy id. */
export interface AuthPolicyRecord {
  id: string;
  /** Counts the writes; the service takes no precondition on it. */
  version: number;
  policies: PolicyDefinition[];
}
