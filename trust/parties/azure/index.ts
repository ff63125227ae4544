export { AUDIENCES, type AzureCredential, type FlexibleTrust, TOKEN_EXCHANGE_AUDIENCE } from "./document";
export { type AzureClient, type AzureIdentitySettings, checkAzureClient, checkAzureIdentity } from "./identity";
export { lintAzureTrust } from "./lint";
export { proveAzureTrust, proveFlexibleTrust } from "./proof";
export {
  type AzureRoleOnScope,
  broadAzureRole,
  checkAzureRole,
  checkAzureRoles,
  roleAssignmentName,
  roleDefinitionId,
} from "./role";
