import { lintAwsTrust } from "../../provider/trust/lint/documents/aws/lint-aws-trust";
import { lintAzureTrust } from "../../provider/trust/lint/documents/azure/lint-azure-trust";
import { lintGcpTrust } from "../../provider/trust/lint/documents/gcp/lint-gcp-trust";
import type { Finding } from "../../provider/trust/lint/finding";
import type { RelyingParty } from "../explain/relying-parties";
import { lintPulumi } from "./pulumi";

/** Relying party → its linter, which takes the service's own document and the issuer's URL, if it is known. */
export const LINTERS: Record<RelyingParty, (document: unknown, issuer?: string) => Finding[]> = {
  pulumi: lintPulumi,
  aws: lintAwsTrust,
  gcp: lintGcpTrust,
  azure: lintAzureTrust,
};
