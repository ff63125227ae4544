export { type SessionCredentials, Sessions } from "./sessions";
export { type Sts, startSts } from "./sts";
