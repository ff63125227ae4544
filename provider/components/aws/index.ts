export { oidcProviderArnOf } from "./oidc-provider";
export { type MadeRole, makeRole } from "./role";
