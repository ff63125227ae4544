export { checkProjectNumber } from "./document";
export { evaluateWorkloadIdentity } from "./evaluate";
export { type GkeWorkload, proveWorkloadIdentity } from "./proof";
