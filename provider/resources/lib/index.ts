export { type CheckFailure, checkInputs, failureOf, holdsUnknown } from "./check-inputs";
export { diffInputs, type InputDiff } from "./diff-inputs";
export { parseImportId, takeImport } from "./import-option";
export { InitializationFailure } from "./initialization-failure";
