export {
  type Check,
  type CheckFailure,
  checkInputs,
  checkNow,
  checksOf,
  checkWhenPlain,
  isKnown,
  required,
} from "./checks";
export { diffInputs, type InputDiff } from "./diff-inputs";
export { parseImportId, takeImport } from "./import-option";
