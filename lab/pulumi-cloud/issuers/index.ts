export type { JsonWebKeySet } from "./json-web-key-set";
export { KeyCache } from "./key-cache";
export { IssuerNetwork } from "./network";
export { issuerRoutes } from "./routes";
