import type { TokenOptions } from "./explain/pulumi";
import { RELYING_PARTIES, type RelyingParty } from "./explain/relying-parties";
import { print, printJson } from "./print";
import { type ClaimsOptions, readClaims, readJson } from "./read-input";

/** Options of `oidc-runner explain`. */
export interface ExplainOptions extends TokenOptions, ClaimsOptions {
  relyingParty: RelyingParty;
  policy: string;
  json?: boolean;
}

/** Evaluates a policy for claims and prints why. Returns the exit code: 0 allow, 1 deny. */
export function explainCommand(options: ExplainOptions): number {
  const document = readJson(options.policy, "--policy");
  const explanation = RELYING_PARTIES[options.relyingParty](document, readClaims(options, "explain"), options);
  if (options.json) {
    printJson(explanation);
  } else {
    print(explanation.decision, ...explanation.reasons.map((reason) => `  ${reason}`));
  }
  return explanation.decision === "allow" ? 0 : 1;
}
