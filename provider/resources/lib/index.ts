export {
  type Check,
  type CheckFailure,
  checkInputs,
  checkNow,
  checksOf,
  isKnown,
  isPending,
  required,
} from "./checks";
export { diffInputs, type InputDiff } from "./diff-inputs";
export { parseImportId, takeImport } from "./import-option";
export { InitializationFailure } from "./initialization-failure";
