export { type AwsTrust, checkRoleArn } from "./document";
export { conditionKeyPrefix, WELL_KNOWN_PROVIDERS } from "./identity-providers";
export { proveAwsTrust } from "./proof";
export { checkRoleOptions, type RoleOptions } from "./role";
