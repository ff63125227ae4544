export {
  checkRoles,
  grantRoles,
  grantsOfRun,
  makeGrants,
  type RoleOnProject,
  type RolesByOption,
  rolesOf,
} from "./grants";
export { type PoolOptions, poolWithProvider, projectNumberOf } from "./pool";
export { grantActingAs, makeServiceAccount } from "./service-account";
