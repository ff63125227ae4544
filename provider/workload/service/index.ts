export { checkImage, checkPort, checkProbe, checkServerEnv, checkServerEnvNames, checkServiceName } from "./check";
export { networkPolicySpec, serviceSpec, TOKEN_REVIEW_RULES } from "./objects";
export type { ProbeOptions, ServerArguments } from "./options";
export { FILES, SERVER, SERVER_MOUNTS, serverTemplate } from "./template";
