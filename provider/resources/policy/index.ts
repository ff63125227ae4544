export { checkCaller } from "./deployment-identity";
export { policyProvider } from "./provider";
