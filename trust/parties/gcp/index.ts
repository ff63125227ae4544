export { checkGoogleAccount, defaultDisplayName, googleAccountId } from "./account";
export { checkProjectNumber, projectOfEmail } from "./document";
export { broadRole, checkGoogleRole } from "./role";
