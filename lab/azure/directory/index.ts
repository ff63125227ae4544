export type { Application, ServicePrincipal } from "./applications";
export type { Credential } from "./credentials";
export { type Client, Directory } from "./directory";
export { type Identity, identityId } from "./identities";
export type { RoleAssignment } from "./role-assignments";
