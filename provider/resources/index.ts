export { checkDefinitionArgs, type DefinitionArgs } from "./check-definition-args";
export { checkWhenPlain, isPlain } from "./check-when-plain";
export { checkDynamicModule } from "./dynamic-module";
export {
  checkIssuerArgs,
  type JsonWebKeySet,
  type KeysFromCluster,
  OidcIssuer,
  type OidcIssuerArgs,
} from "./oidc-issuer";
export { type AccessToken, type LintWaiver, OidcPolicy, type PolicyDefinition } from "./oidc-policy";
