export { PodVolumes } from "./pod-volumes";
