export { ApiClient } from "./api-client";
export { hasStatusCode, KubernetesApiError } from "./api-error";
export { type Cluster, startCluster } from "./cluster";
export { freePorts } from "./free-ports";
export { readKubeconfig } from "./kubeconfig";
export { createCertificateAuthority } from "./pki";
export { makePrivateDirectory, writePrivateFile } from "./private-file";
