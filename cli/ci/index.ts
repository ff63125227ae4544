export { takeKnown } from "./ask";
export type { GeneratedFile } from "./files";
export { type CiInitOptions, ciInit, generate } from "./init";
export { flagOf, kebab, SYSTEMS, type SystemQuestions } from "./questions";
