export { type AksCluster, checkAksCluster, resolveAksCluster } from "./cluster";
