export type { ControlPlaneBinaries, PulumiCli } from "../tools/toolchain";
export { LAB_RESOURCE_GROUP, LAB_SUBSCRIPTION_ID } from "./azure";
export { mintToken, putEnvironments, startCiJob } from "./control-requests";
export { checkOurs, defaultLabDirectory, readLab } from "./directory";
export { type ClusterShape, clusterOfShape, LAB_PROJECT } from "./issuer-shapes";
export { type Lab, startLab, stopLab } from "./lab";
export { LAB_ORGANIZATION, type LabOptions } from "./options";
export { isRunning } from "./process-identity";
export type { LabDescription, LabState } from "./types";
