export { startNodeAgent } from "./node-agent";
export type { PodEnded, PodEnvironment } from "./node-context";
export type { Pod } from "./pod";
