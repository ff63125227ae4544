export { GcpClient } from "./gcp-client";
export { MetadataServers } from "./metadata-servers";
export type { Workload } from "./workload";
