export { type Azure, startAzure } from "./azure";
export { azureControlRoutes } from "./control";
export {
  type Application,
  type Credential,
  type Directory,
  type Identity,
  identityId,
  type RoleAssignment,
  type ServicePrincipal,
} from "./directory";
export { LAB_RESOURCE_GROUP, LAB_SUBSCRIPTION_ID, LAB_TENANT_ID } from "./tenant";
