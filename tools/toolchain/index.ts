export { reachableByOthers, statsOf } from "./changeable";
export { dieWithParentFile } from "./node-hosts";
export { packageRoot } from "./package-root";
export { lineReport, type ToolchainReport } from "./report";
export type { ControlPlaneBinaries, EscEvaluator, PulumiCli } from "./types";
