export { type AwsLogin, logInToAws } from "./aws";
export { type AzureLogin, logInToAzure } from "./azure";
export { secondsOf } from "./duration";
export { type GcpLogin, gcpAudience, logInToGcp } from "./gcp";
export { cloudsOf, type LoginContext } from "./request";
