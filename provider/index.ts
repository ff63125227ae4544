export * from "./components/eks-oidc-runner";
export * from "./components/gke-oidc-runner";
export * from "./components/kubernetes-oidc-runner";
export * from "./components/oidc-trust-setup";
export type { RunnerArgs, RunnerJob, RunnerResources } from "./components/runner-args";
export type {
  ClusterWithKeys,
  GkeClusterReference,
  IssuerByUrl,
  IssuerWithKeys,
  KnownIssuer,
} from "./components/trusted-issuer";
export { OidcRunnerError } from "./errors";
export { type JsonWebKeySet, type KeysFromCluster, OidcIssuer, type OidcIssuerArgs } from "./resources/oidc-issuer";
export { OidcPolicy, type OidcPolicyArgs, type PolicyDefinition } from "./resources/oidc-policy";
export type { Duration } from "./trust/expiration";
export type { Decision, TokenType } from "./trust/policy";
