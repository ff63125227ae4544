export { type GivenIssuerInputs, issuerChecks } from "./issuer";
export { type CallerInputs, type GivenPolicyInputs, policyChecks, warningOf } from "./policy";
