export { policyProvider } from "./provider";
