import { z } from "zod";
import type { JsonWebKeySet } from "../json-web-key-set";
import type { Switches } from "../switches";
import { type FetchedJson, fetchJson } from "./fetch-json";

/** What the network is made of. */
export interface IssuerNetworkOptions {
  /** PEM of the lab's certificate authority. */
  ca: string;
  /** Where the server behind an issuer URL listens, as a base URL on loopback; undefined when no server answers there. */
  resolveIssuer: (url: string) => string | undefined;
  switches: Switches;
}

/** What an issuer says about itself. */
export interface Discovery {
  issuer: string;
  jwksUri: string;
  /** SHA-256 of the leaf certificate served, lower-case hex. */
  thumbprint: string;
}

/** An issuer as far as fetching from it matters. */
export interface IssuerAddress {
  url: string;
  /** Accepted leaf certificates where the authority does not vouch. */
  thumbprints: readonly string[];
}

const DISCOVERY = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });
const KEY_SET = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** A URL without its final slash: what `/.well-known/…` is appended to (OpenID Connect Discovery §4.1). */
export function withoutFinalSlash(url: string): string {
  return url.replace(/\/$/, "");
}

/**
 * The network between Pulumi Cloud and the issuers. Public-looking addresses lead to servers on loopback; nothing leaves
 * the machine.
 */
export class IssuerNetwork {
  readonly #options: IssuerNetworkOptions;

  constructor(options: IssuerNetworkOptions) {
    this.#options = options;
  }

  /** Fetches the discovery document and holds its `issuer` against the registered URL. */
  async discover(issuer: IssuerAddress): Promise<Discovery> {
    const fetched = await this.#fetch(issuer, `${withoutFinalSlash(issuer.url)}/.well-known/openid-configuration`);
    const document = DISCOVERY.safeParse(fetched.body);
    if (!document.success) {
      throw new Error("the discovery document lacks issuer or jwks_uri");
    }
    if (!this.#calledSo(document.data.issuer, issuer.url)) {
      throw new Error("the discovery document states another issuer");
    }
    return { issuer: document.data.issuer, jwksUri: document.data.jwks_uri, thumbprint: fetched.thumbprint };
  }

  /** Fetches the keys an issuer signs with, and how long they may be kept, in seconds. */
  async keys(issuer: IssuerAddress): Promise<{ keys: JsonWebKeySet; maxAgeSeconds: number }> {
    const { jwksUri } = await this.discover(issuer);
    const fetched = await this.#fetch(issuer, jwksUri);
    const keys = KEY_SET.safeParse(fetched.body);
    if (!keys.success) {
      throw new Error("the document at jwks_uri is not a JSON Web Key Set");
    }
    return { keys: keys.data, maxAgeSeconds: fetched.maxAgeSeconds ?? this.#options.switches.keysMaxAgeSeconds };
  }

  /** Whether an issuer may have been registered under this URL. */
  #calledSo(issuer: string, url: string): boolean {
    return this.#options.switches.trailingSlash === "exact"
      ? issuer === url
      : withoutFinalSlash(issuer) === withoutFinalSlash(url);
  }

  async #fetch(issuer: IssuerAddress, url: string): Promise<FetchedJson> {
    const location = this.#locate(issuer.url, url);
    if (location === undefined) {
      throw new Error("no server answers at the issuer's address");
    }
    const { ca, switches } = this.#options;
    return fetchJson(location, { ca, thumbprints: issuer.thumbprints, timeoutMs: switches.discoveryTimeoutMs });
  }

  /** Where a document of an issuer is on loopback. A name server knows no final slash, so both spellings are asked for. */
  #locate(issuerUrl: string, url: string): string | undefined {
    const prefix = withoutFinalSlash(issuerUrl);
    const base = this.#options.resolveIssuer(issuerUrl) ?? this.#options.resolveIssuer(prefix);
    if (base !== undefined && url.startsWith(`${prefix}/`)) {
      return withoutFinalSlash(base) + url.slice(prefix.length);
    }
    return /^https:\/\/(127\.0\.0\.1|localhost)(:\d+)?\//.test(url) ? url : undefined;
  }
}
