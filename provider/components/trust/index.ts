export type { ClusterWithKeys } from "./issuer-choice";
export { OidcTrustSetup } from "./oidc-trust-setup";
export { sharedBy } from "./shared-definitions";
