import { randomBytes } from "node:crypto";
import { sha256Hex } from "../../http";
import type { GcpPrincipal } from "./principal";

/** What an access token of Google's stands for. */
export interface AccessGrant {
  principal: GcpPrincipal;
  scopes: string[];
  /** Milliseconds by the lab's clock. */
  expiresAt: number;
}

/** The access tokens that Google's stand-ins issued, in memory. Only their SHA-256 is kept. */
export class AccessTokens {
  readonly #grants = new Map<string, AccessGrant>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** A new opaque token. `seconds`: how long it lives. */
  issue(principal: GcpPrincipal, scopes: string[], seconds: number): { token: string; expiresAt: number } {
    const kind = principal.kind === "serviceAccount" ? "c" : "d";
    const token = `ya29.${kind}.${randomBytes(96).toString("base64url")}`;
    const expiresAt = this.#clock() + seconds * 1000;
    this.#grants.set(sha256Hex(token), { principal, scopes, expiresAt });
    return { token, expiresAt };
  }

  /** What a token stands for; undefined when it is unknown or expired. */
  find(token: string): AccessGrant | undefined {
    const grant = this.#grants.get(sha256Hex(token));
    return grant !== undefined && this.#clock() < grant.expiresAt ? grant : undefined;
  }
}
