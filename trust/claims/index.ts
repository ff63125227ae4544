export { claimsFromPaths, claimsFromToken } from "./caller";
export { type Claims, claimValues } from "./claims";
export { parseClaimPath } from "./path";
export { claimPaths, formatClaimPath } from "./paths";
export { shown } from "./printable";
