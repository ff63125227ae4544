export type { EksAws, EksRole } from "./args";
export { clusterWay, type EksCluster, eksIssuerUrl, type ResolvedEksCluster } from "./cluster";
