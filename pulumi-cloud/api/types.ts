import type { KeySet } from "../../trust/issuers";
import type { PolicyDefinition } from "../../trust/policy";

/** A registered issuer, as the API answers it. */
export interface IssuerRecord {
  id: string;
  name: string;
  /** As registered; can't be changed. */
  url: string;
  /** `iss` of its tokens, from the discovery document: {@link issOf}. */
  issuer?: string;
  /** SHA-256 of the certificates, lower-case hex. */
  thumbprints?: string[];
  jwks?: KeySet;
  /** Longest life of an access token, in seconds. */
  maxExpiration?: number;
  /** Times as `2025-10-19 00:05:56.480`, UTC, although the specification says ISO 8601. */
  created?: string;
  modified?: string;
  /** Of the last exchange. */
  lastUsed?: string;
}

/** `iss` of the tokens that an issuer is for: what the service read from the discovery document, else the registered URL. */
export function issOf({ url, issuer }: IssuerRecord): string {
  return issuer ?? url;
}

/** Body of a registration. */
export interface IssuerRegistration {
  name: string;
  url: string;
  thumbprints?: string[];
  jwks?: KeySet;
  maxExpiration?: number;
}

/** Body of a change; `name` is required by the service. An absent field stays, null clears it. */
export interface IssuerChange {
  name: string;
  thumbprints?: string[] | null;
  jwks?: KeySet | null;
  maxExpiration?: number | null;
}

/** The auth policy of an issuer. Read by issuer id, written by policy id. */
export interface AuthPolicyRecord {
  id: string;
  /** Counts the writes; the service takes no precondition on it. */
  version: number;
  policies: PolicyDefinition[];
}

/** Who access tokens can be for besides an organization, and the roles of its own tokens, as Pulumi Cloud lists them. */
export type TokenOwners = "teams" | "members" | "runnerPools" | "roles";
