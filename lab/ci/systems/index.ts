export { askedClaims, givenClaims, jobClaims, readClaims, unknownIssuer } from "./claims";
export { CI_KEYS, type CiKey, ciSystem, isCiKey } from "./list";
export type { Delivery, Pipeline, Step, TokenAsked } from "./system";
