import type { Finding } from "../../lint";
import { type PolicyDefinition, shadows } from "../../policy";

/** Finds allows that can't take effect, because a deny matches whatever they match ("OIDC issuers": a deny always wins). */
export function checkShadows(definitions: readonly PolicyDefinition[]): Finding[] {
  return definitions.flatMap((allow, index) => {
    const deny = definitions.findIndex((other) => other.decision === "deny" && shadows(other, allow));
    if (allow.decision !== "allow" || deny < 0) {
      return [];
    }
    return [
      {
        name: "DENY_SHADOWS_ALLOW",
        severity: "error",
        path: `policies[${index}]`,
        message: `policies[${deny}] denies all that this allows, and a deny always wins`,
        fix: `remove policies[${deny}], or make its rules narrower`,
      },
    ];
  });
}
