export type { Blocks } from "./blocks";
export { checked } from "./checked";
export { issuerChecks } from "./checks";
export { checkDynamicModule } from "./dynamic-module";
export { type Check, checkNow, checksOf, checkWhenPlain, isKnown, isPending, required } from "./lib";
export { type JsonWebKeySet, type KeysFromCluster, OidcIssuer, type OidcIssuerArgs } from "./oidc-issuer";
export { type AccessToken, type LintWaiver, OidcPolicy, type PolicyDefinition } from "./oidc-policy";
export { type Reviewed, reviewArgs } from "./review-args";
export { warn } from "./warn";
