export {
  checkTokenSelection,
  definitionTarget,
  TOKEN_OWNER,
  type TokenSelection,
  tokenOwner,
  tokenRequest,
} from "./access-token";
export { pulumiAudience } from "./audience";
export { checkDefinition, checkDefinitions, checkLiteralParts, checkSomeDefinitions } from "./check";
export { checkExpirationSeconds, DEFAULT_EXPIRATION_SECONDS, type Duration, expirationSecondsOf } from "./expiration";
export { type DefinitionChange, mergeDefinitions } from "./merge";
export {
  type Decision,
  type PolicyDefinition,
  type Rules,
  TOKEN_TYPES,
  type TokenRequest,
  type TokenType,
} from "./model";
export { checkNamespace, checkOrganization, checkServiceAccountName } from "./names";
export { comparable, definitionKey, includesDefinition, keysOf, sameDefinition } from "./same";
export { shadows } from "./shadows";
export { isDefaultDeny, isLeftBehind, neverEmpty } from "./standing-deny";
export { type AccessToken, accessTokenType, oneToken, tokenSelection } from "./token-blocks";
