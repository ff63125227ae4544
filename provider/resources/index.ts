export type { AccessToken, AccessTokenBlocks, ExactlyOne } from "./access-token";
export type { Blocks, HandedOn } from "./blocks";
export { checkArguments } from "./check-arguments";
export { checked, outputOf } from "./checked";
export { issuerChecks } from "./checks";
export { checkDynamicModule } from "./dynamic-module";
export {
  type Check,
  type CheckFailure,
  checkInputs,
  checkNow,
  checksOf,
  endWithEngine,
  InitializationFailure,
  isKnown,
  isPending,
  required,
} from "./lib";
export { type Defaults, type NativeResource, nativeResources, type ResourceUrn } from "./native";
export { type JsonWebKeySet, type KeysFromCluster, OidcIssuer, type OidcIssuerArgs } from "./oidc-issuer";
export { type LintWaiver, OidcPolicy, type PolicyDefinition } from "./oidc-policy";
export { type Reviewed, reviewArgs } from "./review-args";
export { type ServingPlugin, servePlugin } from "./serving-plugin";
export { warn } from "./warn";
