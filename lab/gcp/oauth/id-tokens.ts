import { generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import type { ServiceAccount } from "../iam";

/** `iss` of Google's ID tokens. */
export const GOOGLE_ISSUER = "https://accounts.google.com";
/** Life of an ID token, seconds (IAM documentation, "Create short-lived credentials": about an hour). */
const LIFETIME_SECONDS = 3600;

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** What an ID token is asked for. */
export interface IdTokenRequest {
  account: ServiceAccount;
  audience: string;
  /** Adds `email` and `email_verified`. */
  includeEmail: boolean;
}

/** Signs ID tokens as Google does (RS256). The key is made for the first of them: most labs need none. */
export class IdTokens {
  #key: Promise<SigningKey> | undefined;
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The public keys, as Google serves them (RFC 7517). */
  async jwks(): Promise<{ keys: { kty: string; [member: string]: unknown }[] }> {
    const { kid, publicKey } = await this.#signingKey();
    const jwk = publicKey.export({ format: "jwk" });
    return { keys: [{ ...jwk, kty: String(jwk.kty), kid, alg: "RS256", use: "sig" }] };
  }

  /** The public keys by their id, PEM. Google serves certificates here; clients take either. */
  async pems(): Promise<Record<string, string>> {
    const { kid, publicKey } = await this.#signingKey();
    return { [kid]: publicKey.export({ type: "spki", format: "pem" }).toString() };
  }

  /** A token for the service account: subject and authorized party are its unique id. */
  async sign({ account, audience, includeEmail }: IdTokenRequest): Promise<string> {
    const { SignJWT } = await import("jose");
    const { kid, privateKey } = await this.#signingKey();
    const now = Math.floor(this.#clock() / 1000);
    const { uniqueId, email } = account;
    return new SignJWT({ azp: uniqueId, ...(includeEmail && { email, email_verified: true }) })
      .setProtectedHeader({ alg: "RS256", kid, typ: "JWT" })
      .setIssuer(GOOGLE_ISSUER)
      .setSubject(uniqueId)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIME_SECONDS)
      .sign(privateKey);
  }

  #signingKey(): Promise<SigningKey> {
    this.#key ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 }).then((pair) => ({
      kid: randomUUID(),
      ...pair,
    }));
    return this.#key;
  }
}
