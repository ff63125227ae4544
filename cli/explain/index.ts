import { printJson, styled } from "../print";
import { type RelyingParty, readDocument } from "../read-document";
import { type ClaimsOptions, readClaims } from "../read-input";
import { readTime } from "../read-time";
import { Screen } from "../screen";
import { type Check, checkToken } from "./check-token";
import type { TokenOptions } from "./pulumi";
import { RELYING_PARTIES } from "./relying-parties";

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
  /** Those of the token itself, then the policy's. */
  checks: (Check | { name: "policy"; result: "passed" | "failed" })[];
}

/**
 * Evaluates a policy for a token and prints why, and what was not checked. Returns the exit code: 0 allow, 1 deny. `now`:
 * milliseconds, default the machine's clock.
 */
export function explainCommand(options: ExplainOptions, now: number = Date.now()): number {
  const document = readDocument(options.relyingParty, options.policy);
  const token = readClaims(options, "explain");
  const at = options.at === undefined ? now : readTime(options.at, "--at");
  const { decision, reasons } = RELYING_PARTIES[options.relyingParty](document, token.claims, options);
  const checks = checkToken(token, options.relyingParty, at);
  const failed = checks.filter(({ result }) => result === "failed").map(({ message }) => String(message));
  const answer: Answer = {
    ...(failed.length === 0
      ? { decision, reasons }
      : { decision: "deny", reasons: [...failed, ...reasons.map((reason) => `the policy: ${reason}`)] }),
    checks: [...checks, { name: "policy", result: decision === "allow" ? "passed" : "failed" }],
  };
  if (options.json) {
    printJson(answer);
  } else {
    new Screen().flow(
      [styled(["bold", answer.decision === "allow" ? "green" : "red"], answer.decision)],
      ...answer.reasons.map((reason) => `  ${reason}`),
      ...checks
        .filter(({ result }) => result === "notChecked")
        .map(({ name, message }) => [styled("yellow", "  not checked:"), ` ${name} (${message})`]),
    );
  }
  return answer.decision === "allow" ? 0 : 1;
}
