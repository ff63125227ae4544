import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { type ServerCertificate, serveTls } from "../../../lab/http";
import { createSigningKey, publicJwk, type SigningAlgorithm, type SigningKey } from "./signing-key";

/** How a test issuer may misbehave; everything is off at first. */
export interface IssuerBehaviour {
  /** `issuer` in the discovery document, when another than its own. */
  statedIssuer?: string;
  /** Answer the discovery document with a redirect to this URL. */
  redirect?: string;
  /** Milliseconds of real time before any answer. */
  delayMs?: number;
  /** Bytes of padding in the key set. */
  paddingBytes?: number;
  /** Status of every answer, when not 200. */
  status?: number;
  /** `Cache-Control` of the key set; `public, max-age=3600` (the API server's) when left out. */
  cacheControl?: string;
}

/** How to start a test issuer. */
export interface TestIssuerOptions {
  certificate: ServerCertificate;
  /** The `iss` of its tokens. Default: its own address on loopback. */
  issuer?: string;
  /** Default `ES256`. */
  algorithm?: SigningAlgorithm;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  clock?: () => number;
}

/** A running test issuer. */
export interface TestIssuer {
  /** The `iss` of its tokens. */
  issuer: string;
  /** Base URL of its server on loopback: what a resolver returns for {@link issuer}. */
  url: string;
  /** The key in use. */
  readonly key: SigningKey;
  /** The public keys, as a registration takes them. */
  jwks(): { keys: { kty: string; [member: string]: unknown }[] };
  /** Signs claims; `iss`, `iat`, `nbf` and `exp` (one hour) are filled in unless given. An undefined claim is left out. */
  sign(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Signs with a new key from now on. The old one stays published unless `forget` is set. */
  rotate(options?: { forget?: boolean }): Promise<void>;
  /** May be changed at any time. */
  behaviour: IssuerBehaviour;
  /** Paths asked for so far. */
  requests: string[];
  stop(): Promise<void>;
}

/** Starts a small OpenID Connect issuer on loopback: discovery, keys, and a signature under whatever claims a test wants. */
export async function startTestIssuer(options: TestIssuerOptions): Promise<TestIssuer> {
  const clock = options.clock ?? Date.now;
  const algorithm = options.algorithm ?? "ES256";
  let keys = [await createSigningKey(algorithm)];
  const behaviour: IssuerBehaviour = {};
  const requests: string[] = [];
  const jwks = () => ({ keys: keys.map(publicJwk) });

  const app = new Hono();
  app.use(async (call, next) => {
    requests.push(call.req.path);
    await sleep(behaviour.delayMs ?? 0, undefined, { ref: false });
    return behaviour.status === undefined ? next() : new Response(null, { status: behaviour.status });
  });
  app.get("/.well-known/openid-configuration", (call) => {
    if (behaviour.redirect !== undefined) {
      return call.redirect(behaviour.redirect);
    }
    return call.json({
      issuer: behaviour.statedIssuer ?? issuer,
      jwks_uri: `${issuer.replace(/\/$/, "")}/openid/v1/jwks`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: [algorithm],
    });
  });
  app.get("/openid/v1/jwks", (call) => {
    call.header("Cache-Control", behaviour.cacheControl ?? "public, max-age=3600");
    return call.json({ ...jwks(), padding: "x".repeat(behaviour.paddingBytes ?? 0) });
  });
  const server = await serveTls(app.fetch, options.certificate);
  const issuer = options.issuer ?? server.url;

  return {
    issuer,
    url: server.url,
    jwks,
    behaviour,
    requests,
    get key() {
      return keys[0] as SigningKey;
    },
    async sign(claims, header = {}) {
      const { SignJWT } = await import("jose");
      const key = keys[0] as SigningKey;
      const now = Math.floor(clock() / 1000);
      const payload = { iss: issuer, iat: now, nbf: now, exp: now + 3600, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid: key.kid, ...header }).sign(key.privateKey);
    },
    async rotate({ forget = false } = {}) {
      keys = [await createSigningKey(algorithm), ...(forget ? [] : keys)];
    },
    stop: () => server.close(),
  };
}
export { createSigningKey, publicJwk, type SigningKey } from "./signing-key";
