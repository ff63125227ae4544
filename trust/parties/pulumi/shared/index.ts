export { proveSharedTrust, type SharedTrust } from "./proof";
