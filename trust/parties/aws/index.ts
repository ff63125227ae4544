export { checkRoleArn } from "./document";
export { proveAwsTrust } from "./proof";
export { checkRoleOptions, type RoleOptions } from "./role";
