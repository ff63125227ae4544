export { oidcProviderArnOf } from "./oidc-provider";
export { type MadeRole, makeRole, makeTokenRole, partitionOf } from "./role";
