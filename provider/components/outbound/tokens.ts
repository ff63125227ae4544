import type { Claims } from "../../../trust/claims";
import type { GcpSharedTrust } from "../../../trust/parties/gcp";

/** Tokens of Pulumi Cloud that a cloud is to trust, and those that resemble them. */
export interface OutboundTokens {
  issuer: string;
  /** With `*` for a whole part where any name is meant. */
  subjects: string[];
  audience: string;
  tokens: Claims[];
  neighbours: Claims[];
  /** By what Google Cloud knows them. */
  gcp: Pick<GcpSharedTrust, "subjects" | "attributes" | "identities">;
}
