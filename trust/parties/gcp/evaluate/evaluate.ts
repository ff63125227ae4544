import type { Claims } from "../../../claims";
import { type Explanation, nearest } from "../../../verdict";
import { checkAudience } from "../audience";
import { mismatch, parseMember } from "../members";
import { type GcpProvider, readProvider } from "../provider";
import { unmetCondition } from "./condition";
import { jsonValue } from "./json-value";
import { mapAttributes } from "./map-attributes";

/**
 * Whether a workload identity pool provider of Google Cloud takes a token, and whether a binding admits who the token then
 * is; and why. The document is `{"issuerUri","allowedAudiences","attributeMapping","attributeCondition","members"}`: the
 * provider's fields in Google's names, and the members of the binding. It may also have the provider's `name` and
 * `disabled`.
 *
 * Issuer, audience, mapping, condition and one member must agree. Signature and times are taken as good, and so is what the
 * document can't tell: that the provider belongs to the members' pool (unless its `name` or the default audience says which)
 * and that the pool is enabled.
 *
 * @throws OidcRunnerError `GCP_PROVIDER_INVALID`, `GCP_EXPRESSION_INVALID`, `GCP_EXPRESSION_TOO_COSTLY`,
 * `GCP_MEMBER_INVALID`, `GCP_CLAIMS_INVALID`
 */
export function evaluateGcpTrust(document: unknown, claims: Claims): Explanation {
  const provider = readProvider(document);
  const members = provider.members.map(parseMember);
  const { reason, pool } = checkAudience(provider, claims);
  const { attributes, failures } = mapAttributes(provider.attributeMapping, jsonValue(claims));
  const unmet = unmetCondition(provider, claims, attributes);
  const refused = [
    ...(provider.disabled ? ["the provider is disabled"] : []),
    ...issuerMismatch(provider, claims),
    ...(reason === undefined ? [] : [reason]),
    ...failures,
    // Without all attributes the condition is about nothing.
    ...(failures.length > 0 ? [] : unmet()),
  ];
  if (refused.length > 0) {
    return { decision: "deny", reasons: refused };
  }
  const checked = members.map((member) => ({ member, why: mismatch(member, attributes, pool) }));
  const admitted = checked.find(({ why }) => why === undefined);
  if (admitted !== undefined) {
    return { decision: "allow", reasons: [`the provider takes the token, and ${admitted.member.text} is who it is`] };
  }
  const reasons = checked.flatMap(({ why }) => why ?? []);
  return {
    decision: "deny",
    reasons: reasons.length > 0 ? reasons : ["the provider takes the token, but the binding has no members"],
  };
}

function issuerMismatch({ issuerUri }: GcpProvider, { iss }: Claims): string[] {
  if (iss === issuerUri) {
    return [];
  }
  const got = typeof iss === "string" ? `iss ${iss}${nearest(issuerUri, [iss])}` : "no iss";
  return [`issuer expected ${issuerUri}, got ${got}`];
}
