export type { EksAws, EksRole } from "./args";
export type { ResolvedEksCluster } from "./cluster";
