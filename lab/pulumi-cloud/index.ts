export { type EscEnvironment, type Organization, SCOPES } from "./organization";
export { type PulumiCloud, type PulumiCloudOptions, startPulumiCloud } from "./pulumi-cloud";
export { defaultSwitches, type Switches } from "./switches";
