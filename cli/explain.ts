import { readFileSync } from "node:fs";
import { OidcRunnerError } from "../provider/errors";
import { checkDefinitions } from "../provider/trust/check-definitions";
import type { Claims } from "../provider/trust/claims";
import { explain } from "../provider/trust/explain";
import type { PolicyDefinition } from "../provider/trust/policy";
import { checkTokenSelection, type TokenSelection, tokenRequest } from "../provider/trust/token-selection";

/** Options of `oidc-runner explain`. */
export interface ExplainOptions {
  policy: string;
  claims?: string;
  tokenFile?: string;
  tokenType: TokenSelection["tokenType"];
  team?: string;
  user?: string;
  runner?: string;
  json?: boolean;
}

/** Evaluates a policy for claims and prints why. Returns the exit code: 0 allow, 1 deny. */
export function explainCommand(options: ExplainOptions): number {
  const { tokenType, team, user, runner } = options;
  checkTokenSelection({ tokenType, team, user, runner });
  const { policies } = readJson<{ policies?: PolicyDefinition[] }>(options.policy, "--policy");
  if (!Array.isArray(policies)) {
    throw badInput("the policy has no list `policies`", "--policy", 'give {"policies":[…]}, as the API answers it');
  }
  // Definitions without rules, such as the default deny, are a policy's right; the rest the evaluator counts on.
  const withRules = policies.filter(({ rules }) => Object.keys(rules ?? {}).length > 0);
  if (withRules.length > 0) {
    checkDefinitions(withRules);
  }
  const explanation = explain(policies, readClaims(options), tokenRequest({ tokenType, team, user, runner }));
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
    return readJson<Claims>(claims, "--claims");
  }
  const payload =
    readText(tokenFile as string, "--token-file")
      .trim()
      .split(".")[1] ?? "";
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Claims;
  } catch {
    // The file's content is a credential: it is not quoted.
    throw badInput("the file holds no JSON Web Token", "--token-file", "give the file of a projected token");
  }
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
