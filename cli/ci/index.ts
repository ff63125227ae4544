export { takeKnown } from "./ask";
export { type CiInitOptions, ciInit, generate } from "./init";
