import { OidcRunnerError } from "../../../trust";

/** Labels by which a Deployment finds its pods, and people find what belongs to a runner. */
const RESERVED = ["app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/managed-by"];

const NAME = /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Refuses labels the API server would refuse only after roles and policies exist (Kubernetes documentation, "Labels and
 * Selectors"), and those that are the runner's own.
 *
 * @throws OidcRunnerError `LABEL_INVALID`
 */
export function checkLabels(labels: Readonly<Record<string, string>> = {}, where = "labels"): void {
  for (const [key, value] of Object.entries(labels)) {
    const place = `${where}["${key}"]`;
    if (RESERVED.includes(key)) {
      throw invalid(`the runner sets ${key} itself`, place, "use another label, such as app.kubernetes.io/part-of");
    }
    const [name = "", prefix, ...more] = key.split("/").reverse();
    if (
      !NAME.test(name) ||
      (prefix !== undefined && !(prefix.length <= 253 && PREFIX.test(prefix))) ||
      more.length > 0
    ) {
      throw invalid(
        `"${key}" is not a label`,
        place,
        "use up to 63 letters, digits, -, _ and ., after a domain and / if any",
      );
    }
    if (value !== undefined && value !== "" && !NAME.test(value)) {
      throw invalid(`"${value}" can't be a label's value`, place, "use up to 63 letters, digits, -, _ and .");
    }
  }
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("LABEL_INVALID", what, { where, fix });
}
