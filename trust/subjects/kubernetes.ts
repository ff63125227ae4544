import { serviceAccountSubject } from "../issuers";
import { checkPattern } from "../issuers/literal";
import { checkNamespace, checkServiceAccountName } from "../policy";
import type { CompileSubject, KubernetesSubject } from "./types";

/** Names of pods (RFC 1123 subdomain) and wildcards. */
const POD_PATTERN = /^[a-z0-9.*?-]+$/;

/**
 * Rules for a workload of a Kubernetes cluster: `sub` names namespace and ServiceAccount, and nobody else's token has it
 * (Kubernetes documentation, "Managing Service Accounts").
 *
 * @throws OidcRunnerError `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`, `SUBJECT_INVALID`
 */
export const compileKubernetes: CompileSubject<KubernetesSubject> = (subject, where) => {
  const { namespace, serviceAccountName, podName } = subject;
  checkNamespace(namespace ?? "");
  checkServiceAccountName(serviceAccountName ?? "");
  const rules: Record<string, string> = { sub: serviceAccountSubject(namespace, serviceAccountName) };
  if (podName !== undefined) {
    checkPattern(podName, `${where}.podName`, POD_PATTERN, "give a pod's name or a pattern such as runner-*");
    rules['"kubernetes.io".pod.name'] = podName;
  }
  return { alternatives: [rules] };
};
