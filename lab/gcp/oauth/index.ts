export { AccessTokens } from "./access-tokens";
export { errorOfStatus, GcpApiError } from "./api-error";
export { GOOGLE_ISSUER, IdTokens } from "./id-tokens";
export { startGcpOAuth } from "./oauth";
export {
  type FederatedPrincipal,
  type GcpPrincipal,
  isMember,
  principalName,
  type WorkloadPrincipal,
} from "./principal";
