export {
  ALLOWED_REQUEST,
  type Allow,
  type AllowedIdentity,
  allowedDefinitions,
  GOOGLE_ISSUER,
} from "./allow";
export {
  checkServiceAccountEmails,
  checkServiceAudience,
  type ServiceCallers,
  type VerifierDocument,
  type VerifierIssuer,
  verifierDocument,
} from "./document";
