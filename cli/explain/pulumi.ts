import { type Explanation, OidcRunnerError } from "../../trust";
import type { Claims } from "../../trust/claims";
import { explain } from "../../trust/parties/pulumi";
import { checkDefinitions, checkTokenSelection, type TokenSelection, tokenRequest } from "../../trust/policy";
import { policiesOf } from "../read-input";

/** What an exchange with Pulumi Cloud asks for. */
export interface TokenOptions {
  tokenType?: TokenSelection["tokenType"];
  team?: string;
  user?: string;
  runner?: string;
}

/** Explains an issuer's auth policy at Pulumi Cloud, in the form of its API. */
export function explainPulumi(document: unknown, claims: Claims, options: TokenOptions): Explanation {
  const { tokenType, team, user, runner } = options;
  if (tokenType === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "Pulumi Cloud's answer depends on the access token asked for", {
      where: "--token-type",
      fix: "give --token-type organization, team, personal or runner",
    });
  }
  checkTokenSelection({ tokenType, team, user, runner });
  const policies = policiesOf(document);
  // Definitions without rules, such as the default deny, are a policy's right; the rest the evaluator counts on.
  const withRules = policies.filter(({ rules }) => Object.keys(rules ?? {}).length > 0);
  if (withRules.length > 0) {
    checkDefinitions(withRules);
  }
  return explain(policies, claims, tokenRequest({ tokenType, team, user, runner }));
}
