export { checkGoogleAccount, defaultDisplayName, googleAccountId, projectOfEmail } from "./account";
export type { GcpTrust, GcpTrustDocument } from "./document";
export { proveGcpTrust } from "./proof";
export { broadRole, checkGoogleRole } from "./role";
export { checkProjectNumber } from "./workload-identity";
