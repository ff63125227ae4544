import { randomBytes } from "node:crypto";
import type { TokenType } from "../../trust/policy";
import { sha256Hex } from "../http";

/** What an access token stands for. */
export interface AccessTokenGrant {
  tokenType: TokenType;
  organization: string;
  team?: string;
  /** Of a `personal` token: whom it acts as. */
  user?: string;
  runner?: string;
  /** An administrator's token by its own right (`scope=admin`). */
  admin: boolean;
  roleID?: string;
  /** The issuer whose token was exchanged; none for the lab's own administrator. */
  issuerId?: string;
  /** Of a deployment's token, which reaches no other stack: its id, and `PROJECT/STACK`. */
  deployment?: { id: string; stack: string };
  /** Shown by `pulumi whoami -v`. */
  name: string;
  /** Milliseconds by the lab's clock; `Infinity` for the lab's own administrator. */
  expiresAt: number;
}

/** The access tokens issued. Only their SHA-256 is kept. */
export class AccessTokens {
  readonly #grants = new Map<string, AccessTokenGrant>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** A new token, `pul-` and 40 hex digits. */
  issue(grant: AccessTokenGrant): string {
    const token = `pul-${randomBytes(20).toString("hex")}`;
    this.#grants.set(sha256Hex(token), grant);
    return token;
  }

  /** What a token stands for; undefined when it is unknown or expired. */
  find(token: string): AccessTokenGrant | undefined {
    const grant = this.#grants.get(sha256Hex(token));
    return grant !== undefined && this.#clock() < grant.expiresAt ? grant : undefined;
  }

  /** Ends all tokens that came from an issuer. */
  revokeOfIssuer(issuerId: string): void {
    for (const [hash, grant] of this.#grants) {
      if (grant.issuerId === issuerId) {
        this.#grants.delete(hash);
      }
    }
  }
}
