export { checkGoogleAccount, defaultDisplayName, googleAccountId, projectOfEmail } from "./account";
export type { GcpTrust, GcpTrustDocument } from "./document";
export { proveGcpTrust } from "./proof";
export { broadRole, checkGoogleRole } from "./role";
export {
  checkPoolId,
  checkSharedProvider,
  type GcpIdentity,
  type GcpProviderSettings,
  type GcpSharedTrust,
  poolName,
  proveGcpSharedTrust,
} from "./shared-provider";
export { checkProjectNumber } from "./workload-identity";
