export { checkGkeCluster, type GkeClusterReference, resolveGkeCluster } from "./cluster";
