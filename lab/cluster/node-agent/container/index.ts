export { type LogQuery, readLog } from "./log";
export { logPath } from "./runner";
export { ContainerWorker } from "./worker";
