export { takeKnown } from "./ask";
export { ciCheck } from "./check";
export type { GeneratedFile } from "./files";
export { type CiInitOptions, ciInit, generate } from "./init";
export { flagOf, kebab, optionOf, SYSTEMS, type SystemQuestions } from "./questions";
