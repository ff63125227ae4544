import { print, printJson } from "../print";
import { type ClaimsOptions, readClaims, readJson } from "../read-input";
import { readTime } from "../read-time";
import { checkToken, NOT_CHECKED, type NotChecked } from "./check-token";
import type { TokenOptions } from "./pulumi";
import { RELYING_PARTIES, type RelyingParty } from "./relying-parties";

/** Options of `oidc-runner explain`. */
export interface ExplainOptions extends TokenOptions, ClaimsOptions {
  relyingParty: RelyingParty;
  policy: string;
  at?: string;
  json?: boolean;
}

/** The answer of `explain`, as `--json` prints it. */
interface Answer {
  decision: "allow" | "deny";
  reasons: string[];
  notChecked: NotChecked[];
}

/**
 * Evaluates a policy for a token and prints why, and what was not checked. Returns the exit code: 0 allow, 1 deny. `now`:
 * milliseconds, default the machine's clock.
 */
export function explainCommand(options: ExplainOptions, now: number = Date.now()): number {
  const document = readJson(options.policy, "--policy");
  const token = readClaims(options, "explain");
  const at = options.at === undefined ? now : readTime(options.at, "--at");
  const { decision, reasons } = RELYING_PARTIES[options.relyingParty](document, token.claims, options);
  const { refused, notChecked } = checkToken(token, options.relyingParty, at);
  const answer: Answer =
    refused.length === 0
      ? { decision, reasons, notChecked }
      : { decision: "deny", reasons: [...refused, ...reasons.map((reason) => `the policy: ${reason}`)], notChecked };
  if (options.json) {
    printJson(answer);
  } else {
    print(
      answer.decision,
      ...answer.reasons.map((reason) => `  ${reason}`),
      ...notChecked.map((name) => `  not checked: ${name} (${NOT_CHECKED[name]})`),
    );
  }
  return answer.decision === "allow" ? 0 : 1;
}
export type { RelyingParty } from "./relying-parties";
