export { followDeployments } from "./deployments";
export { followEnvironments } from "./environments";
export { followJob } from "./job";
export { followNearMiss } from "./near-miss";
export { followPipeline } from "./pipeline";
export { type AnsweredRequest, followRequests } from "./requests";
