export { gcpControlRoutes } from "./control";
export { gcpError } from "./errors";
export { type Gcp, startGcp } from "./gcp";
export type { GcpIam, ServiceAccount } from "./iam";
export type { IdentityPool, IdentityProvider } from "./identity-pools";
export { checkPool } from "./pool";
export { projectNumber } from "./project-number";
export type { RunService } from "./run-services";
