import { OidcRunnerError } from "../../../provider/errors";
import { hasUnknown, isRecord } from "../plugin/values";

/** A policy as JSON text: programs may give text or an object. Text that is no JSON object is refused at once. */
export function jsonText(policy: unknown): unknown {
  if (hasUnknown(policy)) return policy;
  if (isRecord(policy)) return JSON.stringify(policy);
  try {
    if (typeof policy === "string" && isRecord(JSON.parse(policy))) return policy;
  } catch {
    // Said below: the parser's message would quote the text.
  }
  throw new OidcRunnerError("MalformedPolicyDocument", "the policy is not a JSON object", {
    fix: "give an object, or the text that JSON.stringify makes of it",
  });
}
