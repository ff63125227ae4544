export {
  type ChangeRequest,
  type CheckFailure,
  type DiffResult,
  InitializationFailed,
  type Properties,
  type PropertyChange,
  type ResourceProvider,
} from "./provider";
export { randomName } from "./random-name";
export { loadProtocol } from "./sdk";
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
