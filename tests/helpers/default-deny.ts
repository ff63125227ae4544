import type { PolicyDefinition } from "../../trust/policy/model";

/** What a new issuer starts with: a deny with an empty rule on `sub`, as was seen; its token type is not known. */
export const DEFAULT_DENY: PolicyDefinition = {
  ...{ decision: "deny", tokenType: "organization", authorizedPermissions: [] },
  rules: { sub: "" },
};

/** Both readings of it, each with what the service then takes back, as switches of the lab. */
export const READINGS = {
  observed: { defaultPolicy: [DEFAULT_DENY], literalParts: "required" },
  "the old": { defaultPolicy: [{ ...DEFAULT_DENY, rules: {} }], literalParts: "optional" },
} as const;

/** What the removal of a list's last definition leaves. */
export function leftBy({ roleID: _role, ...definition }: PolicyDefinition): PolicyDefinition {
  return {
    ...definition,
    ...{ decision: "deny", authorizedPermissions: [] },
    rules: { ...definition.rules, iss: "https:*" },
  };
}
