export { takeKnown } from "./ask";
export { ciCheck } from "./check";
export { type CiInitOptions, ciInit, generate } from "./init";
