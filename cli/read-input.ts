import { readFileSync } from "node:fs";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { OidcRunnerError } from "../trust";
import type { Claims } from "../trust/claims";
import type { PolicyDefinition } from "../trust/policy";
import { type DecodedToken, decodeToken } from "./decode-token";

/**
 * The definitions of an issuer's auth policy as Pulumi Cloud's REST API answers it, `{"policies":[…]}`. What they say is the
 * caller's to check; each is at least an object, with rules that hold plain values or none.
 *
 * @throws OidcRunnerError `INPUT_INVALID`
 */
export function policiesOf(document: unknown): PolicyDefinition[] {
  const policies = isObject(document) ? (document as { policies?: unknown }).policies : undefined;
  if (!Array.isArray(policies)) {
    throw badInput("the policy has no list `policies`", "--policy", 'give {"policies":[…]}, as the API answers it');
  }
  const odd = policies.findIndex((definition) => !isDefinition(definition));
  if (odd >= 0) {
    throw badInput(
      `policies[${odd}] is not a policy definition`,
      "--policy",
      "give objects whose rules map claims to texts",
    );
  }
  return policies as PolicyDefinition[];
}

function isDefinition(value: unknown): boolean {
  if (!isObject(value)) {
    return false;
  }
  const { rules } = value as { rules?: unknown };
  return (
    rules === undefined ||
    rules === null ||
    (isObject(rules) && Object.values(rules).every((pattern) => typeof pattern !== "object"))
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where claims come from: exactly one of a JSON file and a token's file. */
export interface ClaimsOptions {
  claims?: string;
  tokenFile?: string;
}

/**
 * Reads claims, from JSON or out of a token, which is decoded and not verified.
 *
 * @throws OidcRunnerError `INPUT_INVALID`; its text quotes nothing of a token.
 */
export function readClaims({ claims, tokenFile }: ClaimsOptions, command: string): DecodedToken {
  if ((claims === undefined) === (tokenFile === undefined)) {
    throw badInput("exactly one of --claims and --token-file is needed", command, "give one of them");
  }
  if (claims !== undefined) {
    return { claims: asClaims(readJson(claims, "--claims"), "--claims") };
  }
  return decodeToken(readText(tokenFile as string, "--token-file"), "--token-file");
}

/** Claims are one JSON object (RFC 7519 §4). */
function asClaims(value: unknown, where: string): Claims {
  if (!isObject(value)) {
    throw badInput("the claims are not a JSON object", where, "give the claims of one token");
  }
  return value as Claims;
}

/**
 * Reads a JSON file; `where` is the option that names it.
 *
 * @throws OidcRunnerError `INPUT_INVALID`
 */
export function readJson(file: string, where: string): unknown {
  const text = readText(file, where);
  try {
    return JSON.parse(text);
  } catch {
    throw badInput(`${named(file)} is not JSON: ${firstError(text)}`, where, "correct it there, or give another file");
  }
}

/** What is wrong with a text that is not JSON, and where. */
function firstError(text: string): string {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  const [{ error, offset } = { error: 0, offset: 0 }] = errors;
  const before = text.slice(0, offset).split("\n");
  const what =
    error === 0
      ? "something else"
      : printParseErrorCode(error)
          .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
          .toLowerCase();
  return `${what} in line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

/** Longest input, in characters. A policy of the 5,000 definitions that Pulumi Cloud stores has about 1.5 million. */
const LONGEST = 4_000_000;

const named = (file: string) => (file === "-" ? "standard input" : file);

/**
 * Reads a text file, or standard input for `-`; `where` is the option that names it.
 *
 * @throws OidcRunnerError `INPUT_INVALID`
 */
export function readText(file: string, where: string): string {
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw badInput(`${named(file)} can't be read (${(error as NodeJS.ErrnoException).code})`, where, "check the path");
  }
  if (text.length > LONGEST) {
    throw badInput(`${named(file)} has more than ${LONGEST / 1e6} MB`, where, "give the document alone");
  }
  return text;
}

function badInput(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("INPUT_INVALID", what, { where, fix });
}
