import { isRecord } from "../../plugin/server";
import { WELL_KNOWN_PROVIDERS } from "../../trust/parties/aws";
import { parseArn } from "./arn";
import { malformed } from "./errors";

const ACCEPTED: Record<string, (value: string) => boolean> = {
  AWS: (value) => value === "*" || /^\d{12}$/.test(value) || ["iam", "sts"].includes(parseArn(value)?.service ?? ""),
  CanonicalUser: (value) => /^[0-9a-f]{64}$/.test(value),
  Federated: (value) => WELL_KNOWN_PROVIDERS.includes(value) || isProviderArn(value),
  Service: (value) => /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$/.test(value),
};

/** Checks the `Principal` element of a trust policy: known kinds, and values of the right form. */
export function checkPrincipal(principal: unknown): void {
  if (principal === "*") {
    return;
  }
  if (!isRecord(principal) || Object.keys(principal).length === 0) {
    throw malformed("Invalid principal in policy.");
  }
  for (const [kind, value] of Object.entries(principal)) {
    const accepts = ACCEPTED[kind];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (accepts === undefined || values.length === 0) {
      throw malformed(`Invalid principal in policy: ${kind}`);
    }
    for (const item of values) {
      if (typeof item !== "string" || !accepts(item)) {
        throw malformed(`Invalid principal in policy: "${kind.toUpperCase()}":${JSON.stringify(item)}`);
      }
    }
  }
}

// Whether the provider exists is not looked at: IAM accepts a trust in one that is yet to come.
function isProviderArn(value: string): boolean {
  const arn = parseArn(value);
  return arn?.service === "iam" && /^\d{12}$/.test(arn.account) && /^(oidc|saml)-provider\/\S+$/.test(arn.resource);
}
