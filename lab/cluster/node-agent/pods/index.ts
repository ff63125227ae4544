export { PodSet } from "./set";
export type { PodWorker } from "./worker";
