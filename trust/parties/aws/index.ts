export { type AwsTrust, checkPolicyLength, checkRoleArn, POLICY_LENGTH } from "./document";
export { conditionKeyPrefix, WELL_KNOWN_PROVIDERS } from "./identity-providers";
export { proveAwsTrust } from "./proof";
export { checkPolicyArn, checkRoleOptions, type RoleOptions } from "./role";
