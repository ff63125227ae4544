export { checkCredentialCount, type SubjectGroups } from "./credential-count";
export {
  AUDIENCES,
  type AzureCredential,
  type FlexibleTrust,
  MOST_CREDENTIALS,
  TOKEN_EXCHANGE_AUDIENCE,
} from "./document";
export { type AzureClient, type AzureIdentitySettings, checkAzureClient, checkAzureIdentity } from "./identity";
export { lintAzureTrust } from "./lint";
export { proveAzureTrust, proveFlexibleTrust } from "./proof";
export {
  checkSubscriptionId,
  type IdentityParts,
  parseApplicationId,
  parseIdentityId,
} from "./resource-id";
export {
  type AzureRoleOnScope,
  broadAzureRole,
  checkAzureRole,
  checkAzureRoles,
  roleAssignmentName,
  roleDefinitionId,
} from "./role";
