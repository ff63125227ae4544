export { gcpControlRoutes } from "./control";
export { gcpError } from "./errors";
export { type Gcp, startGcp } from "./gcp";
export type { GcpIam, ServiceAccount } from "./iam";
export { checkPool } from "./pool";
export { projectNumber } from "./project-number";
export type {
  PoolProvider,
  PoolProviderSettings,
  WorkloadIdentityPool,
  WorkloadIdentityPools,
} from "./workload-identity-pools";
