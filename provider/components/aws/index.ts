export { oidcProviderArnOf } from "./oidc-provider";
export { type MadeRole, makeRole, makeTokenRole, partitionOf, type TokenTrust } from "./role";
export type { AwsRole } from "./role-args";
