export { OidcRunnerError } from "../trust/errors";
export type { Duration } from "../trust/policy/expiration";
export type { Decision } from "../trust/policy/model";
export * from "./components/aks/aks-oidc-runner";
export * from "./components/eks/eks-oidc-runner";
export * from "./components/gke/gke-oidc-runner";
export * from "./components/outbound";
export type * from "./components/runner/args";
export * from "./components/runner/kubernetes-oidc-runner";
export * from "./components/service/verified-service";
export type {
  ClusterWithKeys,
  IssuerWithKeys,
} from "./components/trust/issuer-choice";
export * from "./components/trust/oidc-trust-setup";
export type { TrustReference } from "./components/trust/reference";
export type * from "./resources/access-token";
export {
  type JsonWebKeySet,
  type KeysFromCluster,
  OidcIssuer,
  type OidcIssuerArgs,
} from "./resources/oidc-issuer";
export { OidcPolicy, type OidcPolicyArgs, type PolicyDefinition } from "./resources/oidc-policy";
export type { AgentWorkflow } from "./workload/kinds/agent-settings";
export type { ConcurrencyPolicy } from "./workload/kinds/cron-job";
export type { IntOrString, StrategyType } from "./workload/kinds/deployment";
