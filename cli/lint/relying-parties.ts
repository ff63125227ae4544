import type { Finding } from "../../trust/lint/finding";
import { lintAwsTrust } from "../../trust/parties/aws/lint/lint";
import { lintAzureTrust } from "../../trust/parties/azure/lint";
import { lintGcpTrust } from "../../trust/parties/gcp/lint/lint";
import type { RelyingParty } from "../explain/relying-parties";
import { lintPulumi } from "./pulumi";

/** Relying party → its linter, which takes the service's own document and the issuer's URL, if it is known. */
export const LINTERS: Record<RelyingParty, (document: unknown, issuer?: string) => Finding[]> = {
  pulumi: lintPulumi,
  aws: lintAwsTrust,
  gcp: lintGcpTrust,
  azure: lintAzureTrust,
};
