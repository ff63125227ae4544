export type { JsonWebKeySet } from "../json-web-key-set";
export { KeyCache } from "./key-cache";
export { type Discovery, IssuerNetwork } from "./network";
