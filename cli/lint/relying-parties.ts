import type { Finding } from "../../trust/lint";
import { lintAwsTrust } from "../../trust/parties/aws/lint";
import { lintAzureTrust } from "../../trust/parties/azure";
import { lintGcpTrust } from "../../trust/parties/gcp/lint";
import type { RelyingParty } from "../read-document";
import { lintPulumi } from "./pulumi";

/** Relying party → its linter, which takes the service's own document and the issuer's URL, if it is known. */
export const LINTERS: Record<RelyingParty, (document: unknown, issuer?: string) => Finding[]> = {
  pulumi: lintPulumi,
  aws: lintAwsTrust,
  gcp: lintGcpTrust,
  azure: lintAzureTrust,
};
