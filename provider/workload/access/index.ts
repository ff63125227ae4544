export { checkAwsTokenExpiration, checkRegion } from "./aws-region";
export { AWS_TOKEN_FILE, awsWebIdentity } from "./aws-web-identity";
export { eksPodIdentity } from "./eks-pod-identity";
export { googleWorkloadIdentity } from "./google-workload-identity";
