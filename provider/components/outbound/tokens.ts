import type { Claims } from "../../../trust/claims";

/** Tokens of Pulumi Cloud that a cloud is to trust, and those that resemble them. */
export interface OutboundTokens {
  issuer: string;
  /** With `*` for a whole part where any name is meant. */
  subjects: string[];
  audience: string;
  tokens: Claims[];
  neighbours: Claims[];
}
