export { cacheKey, ensureCached } from "./cache";
export { reachableByOthers, statsOf } from "./changeable";
export { dieWithParentFile } from "./node-hosts";
export { packageRoot } from "./package-root";
export { lineReport, type ToolchainReport } from "./report";
export { run } from "./run";
export type { ControlPlaneBinaries, EscEvaluator, PulumiCli } from "./types";
