export { CLUSTER_ARN, clusterArnInvalid, type PodIdentityTrust } from "./document";
export { evaluatePodIdentityTrust, evaluateTargetRoleTrust, type PodIdentityTags } from "./evaluate";
export { provePodIdentity } from "./proof";
