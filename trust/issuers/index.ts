export { isAksIssuer } from "./aks";
export { checkOwnIssuer, isDefaultIssuer, refuseSharedIssuer } from "./default-cluster-issuer";
export { conditionKeyPrefix, eksRegion, isEksIssuer, POD_IDENTITY_AUDIENCE, STS_AUDIENCE } from "./eks";
export {
  checkGkeNames,
  checkProjectId,
  checkWorkloadPool,
  type GkeCluster,
  gkeClusterOf,
  gkeIssuerUrl,
  isGkeIssuer,
  workloadPool,
} from "./gke";
export { checkKeySet, type KeySet, sameKeySet } from "./key-set";
export { GITHUB_ISSUER, GITLAB_ISSUER, PULUMI_ISSUER } from "./known-issuers";
export { type PodIdentity, podClaims, serviceAccountSubject } from "./kubernetes";
export { checkIssuerOptions } from "./options";
export { type PodMaker, podNames } from "./pod-names";
export { leasedName, registeredName, sameLabel, sameRegistrant, sameStack, wasTakenOver } from "./registered-name";
export { normalThumbprints, sameThumbprints } from "./thumbprints";
export { checkIssuerUrl } from "./url";
