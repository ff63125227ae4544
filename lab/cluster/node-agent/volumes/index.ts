export type { ChangeOwner } from "./atomic-writer";
export { apiObjectSource, type KeyedData, type ObjectSource } from "./object-source";
export { PodVolumes } from "./pod-volumes";
