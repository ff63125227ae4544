export { checkRoles, grantRoles, grantsOfRun, makeGrants, type RoleOnProject } from "./grants";
export { grantActingAs, makeServiceAccount } from "./service-account";
