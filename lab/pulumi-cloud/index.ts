export type { CloudAddresses } from "./context";
export type { EscEnvironment } from "./environment";
export type { Execution } from "./execution";
export { PULUMI_KEYS } from "./issuer";
export { type Organization, SCOPES } from "./organization";
export { type PulumiCloud, type PulumiCloudOptions, startPulumiCloud } from "./pulumi-cloud";
export { defaultSwitches, type Switches } from "./switches";
