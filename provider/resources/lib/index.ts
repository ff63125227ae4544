export {
  type Check,
  type CheckFailure,
  checkInputs,
  checkNow,
  checksOf,
  isKnown,
  isPending,
  required,
  UNKNOWN,
} from "./checks";
export { diffInputs, type InputDiff } from "./diff-inputs";
export { endWithEngine, watchEngine } from "./engine-watch";
export { parseImportId, takeImport } from "./import-option";
export { InitializationFailure } from "./initialization-failure";
