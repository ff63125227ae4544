import { generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { promisify } from "node:util";

interface Pair {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** An RSA key of an issuer (RS256), made when it is first needed: most labs need none. */
export class SigningKey {
  #pair: Promise<Pair> | undefined;

  /** The public key as a JSON Web Key Set (RFC 7517). */
  async jwks(): Promise<{ keys: { kty: string; [member: string]: unknown }[] }> {
    const { kid, publicKey } = await this.#made();
    const jwk = publicKey.export({ format: "jwk" });
    return { keys: [{ ...jwk, kty: String(jwk.kty), kid, alg: "RS256", use: "sig" }] };
  }

  /** The public key by its id, PEM. */
  async pems(): Promise<Record<string, string>> {
    const { kid, publicKey } = await this.#made();
    return { [kid]: publicKey.export({ type: "spki", format: "pem" }).toString() };
  }

  /** A token with these claims and no others. */
  async sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const { SignJWT } = await import("jose");
    const { kid, privateKey } = await this.#made();
    return new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid, typ: "JWT" }).sign(privateKey);
  }

  #made(): Promise<Pair> {
    this.#pair ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 }).then((pair) => ({
      kid: randomUUID(),
      ...pair,
    }));
    return this.#pair;
  }
}
