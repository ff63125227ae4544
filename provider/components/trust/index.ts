export type { ClusterWithKeys } from "./issuer-choice";
export { resolveIssuer } from "./issuer-choice";
export { OidcTrustSetup } from "./oidc-trust-setup";
export { hasNoPolicies, policiesOf, type TrustReference, trustFields } from "./reference";
