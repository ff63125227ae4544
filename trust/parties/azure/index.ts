export { AUDIENCES, type AzureCredential, type FlexibleTrust } from "./document";
export { lintAzureTrust } from "./lint";
export { proveAzureTrust, proveFlexibleTrust } from "./proof";
