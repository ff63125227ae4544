export { followDeployments } from "./deployments";
export { followEnvironments } from "./environments";
export { followJob } from "./job";
export { followPipeline } from "./pipeline";
export { type AnsweredRequest, followRequests } from "./requests";
