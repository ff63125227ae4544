export { googleControlRoutes } from "./control";
export { googleError } from "./errors";
export { type Google, type GoogleOptions, startGoogle } from "./gcp";
export type { GoogleIam, ServiceAccount } from "./iam";
export { checkPool } from "./pool";
export { projectNumber } from "./project-number";
