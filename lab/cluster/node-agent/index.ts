export { startNodeAgent } from "./node-agent";
export type { PodEnded, PodEnvironment } from "./node-context";
