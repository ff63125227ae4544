import type { Explanation } from "../../trust";
import type { Claims } from "../../trust/claims";
import { evaluateAwsTrust } from "../../trust/parties/aws/evaluate";
import { evaluateAzureTrust } from "../../trust/parties/azure/evaluate";
import { evaluateGcpTrust } from "../../trust/parties/gcp/evaluate";
import type { RelyingParty } from "../read-document";
import { explainPulumi, type TokenOptions } from "./pulumi";

/** Relying party → its evaluator. Token options are Pulumi Cloud's alone. */
export const RELYING_PARTIES: Record<
  RelyingParty,
  (document: unknown, claims: Claims, options: TokenOptions) => Explanation
> = {
  pulumi: explainPulumi,
  aws: evaluateAwsTrust,
  gcp: evaluateGcpTrust,
  azure: explainAzure,
};

/** Of several credentials, as `az` lists those of an application or identity, one that accepts the token is enough. */
function explainAzure(document: unknown, claims: Claims): Explanation {
  const list = Array.isArray(document) ? (document as unknown[]) : [document];
  const answers = list.map((credential) => evaluateAzureTrust(credential, claims));
  const allowing = answers.find(({ decision }) => decision === "allow");
  if (allowing !== undefined || answers.length === 1) {
    return allowing ?? (answers[0] as Explanation);
  }
  const named = answers.flatMap(({ reasons }, index) => {
    const { name = String(index) } = list[index] as { name?: string };
    return reasons.map((reason) => `${name}: ${reason}`);
  });
  return { decision: "deny", reasons: named.length === 0 ? ["there are no credentials"] : named };
}
