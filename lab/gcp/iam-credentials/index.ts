export { startIamCredentials } from "./iam-credentials";
