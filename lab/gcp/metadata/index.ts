export { GcpClient } from "./gcp-client";
export { type MetadataOptions, MetadataServers } from "./metadata-servers";
export type { Workload } from "./workload";
