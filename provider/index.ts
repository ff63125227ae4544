export * from "./components/eks-oidc-runner";
export * from "./components/gke-oidc-runner";
export * from "./components/kubernetes-oidc-runner";
export * from "./components/oidc-trust-setup";
export type { RunnerArgs } from "./components/runner-args";
export type * from "./components/runner-pod";
export type * from "./components/runner-workloads";
export type {
  ClusterWithKeys,
  IssuerByUrl,
  IssuerWithKeys,
  KnownIssuer,
} from "./components/trusted-issuer";
export { OidcRunnerError } from "../trust/errors";
export { type JsonWebKeySet, type KeysFromCluster, OidcIssuer, type OidcIssuerArgs } from "./resources/issuer/oidc-issuer";
export { OidcPolicy, type OidcPolicyArgs, type PolicyDefinition } from "./resources/policy/oidc-policy";
export type { Duration } from "../trust/policy/expiration";
export type { Decision, TokenType } from "../trust/policy/model";
export type { AgentWorkflow } from "./workload/kinds/agent-settings";
export type { ConcurrencyPolicy } from "./workload/kinds/cron-job";
export type { IntOrString, StrategyType } from "./workload/kinds/deployment";
