export { type Allow, type AllowedIdentity, type Authorise, authoriser, GOOGLE_ISSUER } from "./allow";
export {
  checkServiceAccountEmails,
  checkServiceAudience,
  type ServiceCallers,
  type VerifierDocument,
  type VerifierIssuer,
  verifierDocument,
} from "./document";
