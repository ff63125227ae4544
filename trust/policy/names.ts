import { OidcRunnerError } from "../errors";

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Refuses an organization name that is empty or can't be one. A dot would widen audience and subject, because it matches any
 * character in a policy; Pulumi Cloud's names have none (pulumi/pulumi at 1b59498, pkg/backend/httpstate/backend.go,
 * stackOwnerRegexp).
 *
 * @throws OidcRunnerError `ORGANIZATION_EMPTY`, `ORGANIZATION_INVALID`
 */
export function checkOrganization(organization: string): void {
  if (organization.trim() === "") {
    throw new OidcRunnerError("ORGANIZATION_EMPTY", "the Pulumi organization is empty", {
      where: "organization",
      fix: "give the organization's name as in app.pulumi.com/NAME; `pulumi org get-default` prints yours",
    });
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(organization)) {
    throw new OidcRunnerError("ORGANIZATION_INVALID", `"${organization}" is not an organization name`, {
      where: "organization",
      fix: "use the name alone, of letters, digits, hyphens and underscores",
    });
  }
}

/**
 * Refuses what the API server would refuse as a namespace (RFC 1123 label).
 *
 * @throws OidcRunnerError `NAMESPACE_INVALID`
 */
export function checkNamespace(namespace: string): void {
  if (!DNS_LABEL.test(namespace)) {
    throw new OidcRunnerError("NAMESPACE_INVALID", `"${namespace}" is not a Kubernetes namespace name`, {
      where: "namespace",
      fix: "use 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit",
    });
  }
}

/**
 * Refuses what can't be a ServiceAccount, and names with a dot: in an auth policy a dot matches any one character and
 * can't be escaped, so `my.app` would admit its neighbour `my-app`.
 *
 * @throws OidcRunnerError `SERVICE_ACCOUNT_NAME_INVALID`
 */
export function checkServiceAccountName(name: string): void {
  if (!DNS_LABEL.test(name)) {
    throw new OidcRunnerError("SERVICE_ACCOUNT_NAME_INVALID", `"${name}" can't be trusted as a ServiceAccount name`, {
      where: "serviceAccountName",
      fix: "use 1 to 63 lower-case letters, digits and hyphens; no dot, because a policy can't match one exactly",
    });
  }
}
