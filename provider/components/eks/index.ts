export { clusterWay, type EksCluster, eksIssuerUrl } from "./cluster";
