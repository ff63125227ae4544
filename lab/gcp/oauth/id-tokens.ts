import { SigningKey } from "../../signing-key";
import type { ServiceAccount } from "../iam";

/** `iss` of Google's ID tokens. */
export const GOOGLE_ISSUER = "https://accounts.google.com";
/** Life of an ID token, seconds (IAM documentation, "Create short-lived credentials": about an hour). */
const LIFETIME_SECONDS = 3600;

/** What an ID token is asked for. */
export interface IdTokenRequest {
  account: ServiceAccount;
  audience: string;
  /** Adds `email` and `email_verified`. */
  includeEmail: boolean;
}

/** Signs ID tokens as Google does. */
export class IdTokens {
  readonly #key = new SigningKey();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The public keys, as Google serves them. */
  jwks() {
    return this.#key.jwks();
  }

  /** The public keys by their id, PEM. Google serves certificates here; clients take either. */
  pems(): Promise<Record<string, string>> {
    return this.#key.pems();
  }

  /** A token for the service account: subject and authorized party are its unique id. */
  sign({ account, audience, includeEmail }: IdTokenRequest): Promise<string> {
    const now = Math.floor(this.#clock() / 1000);
    const { uniqueId, email } = account;
    return this.#key.sign({
      azp: uniqueId,
      ...(includeEmail && { email, email_verified: true }),
      iss: GOOGLE_ISSUER,
      sub: uniqueId,
      aud: audience,
      iat: now,
      exp: now + LIFETIME_SECONDS,
    });
  }
}
