import type { Explanation } from "../../trust";
import type { Claims } from "../../trust/claims";
import { evaluateAwsTrust } from "../../trust/parties/aws/evaluate";
import { evaluateAzureTrust } from "../../trust/parties/azure/evaluate";
import { evaluateGcpTrust } from "../../trust/parties/gcp/evaluate";
import { explainPulumi, type TokenOptions } from "./pulumi";

/** Whose policies can be explained; each takes the service's own document. */
export type RelyingParty = "pulumi" | "aws" | "gcp" | "azure";

/** Relying party → its evaluator. Token options are Pulumi Cloud's alone. */
export const RELYING_PARTIES: Record<
  RelyingParty,
  (document: unknown, claims: Claims, options: TokenOptions) => Explanation
> = {
  pulumi: explainPulumi,
  aws: evaluateAwsTrust,
  gcp: evaluateGcpTrust,
  azure: evaluateAzureTrust,
};
