export {
  type ChangeRequest,
  type CheckFailure,
  type DiffResult,
  InitializationFailed,
  type Properties,
  type PropertyChange,
  type ResourceProvider,
} from "./provider";
export { loadProtocol, type PulumiProtocol } from "./sdk";
export { serve } from "./server";
export {
  canonical,
  hasUnknown,
  isRecord,
  isSecret,
  plain,
  redact,
  secret,
  secretStrings,
  secretsLike,
  UNKNOWN,
} from "./values";
