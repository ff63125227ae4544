export { type AccessTokenGrant, AccessTokens } from "./access-tokens";
export { authenticate, authorize } from "./authenticate";
export { SCOPES, type Scope } from "./permissions";
