export { assumeTargetPolicy, checkSessionPolicy, podIdentityExternalId } from "./document";
export { proveTargetRole } from "./proof";
