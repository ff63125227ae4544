import { OidcRunnerError } from "../errors";
import type { KubernetesObject } from "./pod-template";

/** How long a Job may run before Kubernetes ends it, in seconds. Without a limit a Job whose pods are refused hangs. */
export const DEFAULT_DEADLINE_SECONDS = 3600;

/** Settings of the Job itself. */
export interface JobOptions {
  /** Default: {@link DEFAULT_DEADLINE_SECONDS}. */
  activeDeadlineSeconds?: number;
  /** Retries of a failed pod. Default: 0, since a refusal does not go away by itself. */
  backoffLimit?: number;
}

/** Spec of a Job around a pod template. It is kept when it ends: deletion by a TTL would look like drift. */
export function jobSpec(template: KubernetesObject, options: JobOptions = {}): KubernetesObject {
  const { activeDeadlineSeconds = DEFAULT_DEADLINE_SECONDS, backoffLimit = 0 } = options;
  return { activeDeadlineSeconds, backoffLimit, template };
}

/**
 * Refuses settings the API server would refuse only after roles and policies exist.
 *
 * @throws OidcRunnerError `JOB_INVALID`
 */
export function checkJobOptions({ activeDeadlineSeconds, backoffLimit }: JobOptions): void {
  if (activeDeadlineSeconds !== undefined && !(Number.isInteger(activeDeadlineSeconds) && activeDeadlineSeconds >= 1)) {
    throw new OidcRunnerError("JOB_INVALID", `${activeDeadlineSeconds} is no deadline`, {
      where: "job.activeDeadlineSeconds",
      fix: `give whole seconds, at least 1; the default is ${DEFAULT_DEADLINE_SECONDS}`,
    });
  }
  if (backoffLimit !== undefined && !(Number.isInteger(backoffLimit) && backoffLimit >= 0)) {
    throw new OidcRunnerError("JOB_INVALID", `${backoffLimit} is no number of retries`, {
      where: "job.backoffLimit",
      fix: "give a whole number, at least 0; the default is 0",
    });
  }
}
