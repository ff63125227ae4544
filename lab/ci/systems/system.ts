import { createHash } from "node:crypto";
import type { Claims } from "../../../trust/claims";

/** What a job asks for when it asks for a token. */
export interface TokenAsked {
  audience?: string;
  /** Claims besides those that every token has. */
  claims?: string[];
}

/** How a job gets a token. */
export type Delivery =
  | {
      by: "request";
      method: "GET" | "POST";
      /** Variable with the URL, and what the URL ends with: clients append to it. */
      url: string;
      query: string;
      /** Variable with the bearer token. */
      token: string;
      /** Parameter of the query that must be there besides. */
      requiredParameter?: string;
      /** Member of the answer that holds the token. */
      answer: string;
    }
  | {
      by: "command";
      command: string;
      /** Its words before the options. */
      words: readonly string[];
      /** What its options ask for; undefined for options that the stand-in does not know. */
      read(options: readonly string[]): TokenAsked | undefined;
    }
  | {
      by: "variable";
      /** Default: the pipeline's file names it. */
      name?: string;
    };

/** A step of a job. */
export interface Step {
  name: string;
  /** Shell text. */
  text: string;
  /** Variables of the job that it does not see. Default none. */
  without?: readonly string[];
}

/** What a pipeline's file says of its only job. When it runs, and in which image, the lab passes over. */
export interface Pipeline {
  /** Each is run by a shell of its own. */
  steps: readonly Step[];
  /** The token that the file asks for, where it is the one to ask. */
  audience?: string;
  variable?: string;
}

/** What a CI system writes into tokens, and how a job gets one. */
export interface CiSystem {
  /** Claims of an example job, but those of `derive`. */
  readonly claims: Claims;
  /** Values of claims that not every job has; a token has them when they are asked for by name. */
  readonly optional: Claims;
  /**
   * Claims that follow from others: the subject, the default audience, and ids, of which each name has its own, so that the token of another
   * repository never has the id of the first.
   *
   * @param claims the job's texts, numbers and booleans, as texts; of a list the first
   */
  derive(claims: Readonly<Record<string, string>>): Claims;
  /** Claims that a token has only when the job asks for them, though every job could. Default none. */
  readonly onlyAsked?: readonly string[];
  /** What its tokens have besides `iat` and `exp`. */
  readonly stamps: readonly ("nbf" | "jti")[];
  readonly lifetimeSeconds: number;
  readonly delivery: Delivery;
  /** Further variables with tokens for the default audience, and how the claims of these differ. Default none. */
  readonly variables?: Readonly<Record<string, (claims: Claims) => Claims>>;
  /** Reads a pipeline's file, as YAML has it. Default: the system has none. */
  // biome-ignore lint/suspicious/noExplicitAny: each system's files have a form of their own
  readonly pipeline?: (document: any) => Pipeline;
}

/** A number for a name, as services count things. */
export function numericId(name: string): string {
  return String(digest(name).readUIntBE(0, 4));
}

/** An id of sixteen letters and digits for a name. */
export function shortId(name: string): string {
  return digest(name)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 16);
}

function digest(name: string): Buffer {
  return createHash("sha256").update(name).digest();
}
