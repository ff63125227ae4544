import { readFileSync } from "node:fs";
import { OidcRunnerError } from "../provider/errors";
import type { Claims } from "../provider/trust/claims";
import type { TokenOptions } from "./explain/pulumi";
import { RELYING_PARTIES, type RelyingParty } from "./explain/relying-parties";

/** Options of `oidc-runner explain`. */
export interface ExplainOptions extends TokenOptions {
  relyingParty: RelyingParty;
  policy: string;
  claims?: string;
  tokenFile?: string;
  json?: boolean;
}

/** Evaluates a policy for claims and prints why. Returns the exit code: 0 allow, 1 deny. */
export function explainCommand(options: ExplainOptions): number {
  const document = readJson<unknown>(options.policy, "--policy");
  const explanation = RELYING_PARTIES[options.relyingParty](document, readClaims(options), options);
  if (options.json) {
    console.log(JSON.stringify(explanation));
  } else {
    console.log(explanation.decision);
    for (const reason of explanation.reasons) {
      console.log(`  ${reason}`);
    }
  }
  return explanation.decision === "allow" ? 0 : 1;
}

function readClaims({ claims, tokenFile }: ExplainOptions): Claims {
  if ((claims === undefined) === (tokenFile === undefined)) {
    throw badInput("exactly one of --claims and --token-file is needed", "explain", "give one of them");
  }
  if (claims !== undefined) {
    return asClaims(readJson(claims, "--claims"), "--claims");
  }
  const payload =
    readText(tokenFile as string, "--token-file")
      .trim()
      .split(".")[1] ?? "";
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch {
    // The file's content is a credential: it is not quoted.
    throw badInput("the file holds no JSON Web Token", "--token-file", "give the file of a projected token");
  }
  return asClaims(decoded, "--token-file");
}

/** Claims are one JSON object (RFC 7519 §4). */
function asClaims(value: unknown, where: string): Claims {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badInput("the claims are no JSON object", where, "give the claims of one token");
  }
  return value as Claims;
}

function readJson<T>(file: string, where: string): T {
  const text = readText(file, where);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw badInput(`${file} is not JSON`, where, "give a JSON file");
  }
}

function readText(file: string, where: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw badInput(`${file} can't be read (${(error as NodeJS.ErrnoException).code})`, where, "check the path");
  }
}

function badInput(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("INPUT_INVALID", what, { where, fix });
}
