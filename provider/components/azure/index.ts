export { makeApplication } from "./application";
export { countCredentials, makeCredentials } from "./credentials";
export { type ExistingIdentity, existingApplication, existingUserAssignedIdentity } from "./existing-identity";
export type { AzureApplication, AzureIdentity, AzureRoleAssignment } from "./identity-args";
export type { AzureIdentityClient, MadeAzureIdentity } from "./made-identity";
export { assignRoles, broadRoles, checkRoleAssignments } from "./role-assignments";
export { makeUserAssignedIdentity } from "./user-assigned-identity";
