import { randomUUID } from "node:crypto";
import { createSigningKey, publicJwk } from "../helpers/issuer/signing-key";

/** An answer, read. */
export interface Answer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: probes look into answers of every shape
  json: any;
}

/** An issuer whose keys are the suite's own, so that it can sign any token. */
export interface OwnIssuer {
  url: string;
  jwks: { keys: object[] };
  /** Signs claims besides `iss`. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
}

/** The Pulumi Cloud that is probed: the lab's, or the real one. */
export interface Target {
  organization: string;
  /** Part of the name of everything that is registered, so that it can be found and removed. */
  mark: string;
  /** Milliseconds since the epoch, by the target's clock. */
  now(): number;
  /** A request of the administrator, or with another access token; an empty one: with none. */
  request(method: string, path: string, body?: unknown, accessToken?: string): Promise<Answer>;
  /** Two issuers of our own that are not registered, and one that no server answers for. */
  issuers(): Promise<{ one: OwnIssuer; other: OwnIssuer; unreachable: OwnIssuer }>;
  /** URLs without a final slash of issuers with public discovery, of which one that is not registered is used. */
  publicIssuers: readonly string[];
  /** An organization that the administrator does not belong to. */
  foreignOrganization: string;
  /** A team of the organization, where one is known. */
  team?: string;
  /** The id of a pool of runners, where one is known. */
  runnerPool?: string;
}

/** An issuer that is a pair of keys. */
export async function ownIssuer(url: string): Promise<OwnIssuer> {
  const { SignJWT } = await import("jose");
  const key = await createSigningKey("ES256");
  return {
    url,
    jwks: { keys: [publicJwk(key)] },
    sign: (claims) =>
      new SignJWT({ iss: url, ...claims }).setProtectedHeader({ alg: "ES256", kid: key.kid }).sign(key.privateKey),
  };
}

/** A text that no other run has. */
export function newMark(): string {
  return `oidc-runner-contract-${randomUUID().slice(0, 8)}`;
}
