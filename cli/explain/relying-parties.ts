import type { Claims } from "../../provider/trust/claims";
import { evaluateAwsTrust } from "../../provider/trust/documents/aws-evaluate/evaluate-aws-trust";
import { evaluateAzureTrust } from "../../provider/trust/documents/azure";
import { evaluateGcpTrust } from "../../provider/trust/documents/gcp-evaluate/evaluate-gcp-trust";
import type { Explanation } from "../../provider/trust/explain";
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
