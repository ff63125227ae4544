export { checkRegion } from "./aws-region";
export { AWS_TOKEN_FILE, awsWebIdentity } from "./aws-web-identity";
export { AZURE_TOKEN_SECONDS, azureWorkloadIdentity } from "./azure-workload-identity";
export { eksPodIdentity } from "./eks-pod-identity";
export { googleWorkloadIdentity } from "./google-workload-identity";
export { checkTokenExpiration } from "./token-expiration";
