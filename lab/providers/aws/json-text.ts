import { canonical, hasUnknown, isRecord } from "../../../plugin/server";
import { ServiceError } from "../cloud";

/** A policy as JSON text: programs may give text or an object. Text that is not a JSON object is refused at once. */
export function jsonText(policy: unknown): unknown {
  if (hasUnknown(policy)) {
    return policy;
  }
  // Keys come in no particular order; the text must be the same every time.
  if (isRecord(policy)) {
    return canonical(policy);
  }
  try {
    if (typeof policy === "string" && isRecord(JSON.parse(policy))) {
      return policy;
    }
  } catch {
    // Said below: the parser's message would quote the text.
  }
  throw new ServiceError("MalformedPolicyDocument", 400, "the policy is not a JSON object: give one, or its JSON text");
}
