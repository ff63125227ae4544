import { checkCount, type KubernetesObject } from "../pod";

/** How long a Job may run before Kubernetes ends it, in seconds. Without a limit a Job whose pods are refused hangs. */
export const DEFAULT_DEADLINE_SECONDS = 3600;

/** Settings of the Job itself. */
export interface JobOptions {
  /** Default: {@link DEFAULT_DEADLINE_SECONDS}. */
  activeDeadlineSeconds?: number;
  /** Retries of a failed pod. Default: 0, since a refusal does not go away by itself. */
  backoffLimit?: number;
  /** Default: none, since deletion by time would look like drift. */
  ttlSecondsAfterFinished?: number;
}

/** Spec of a Job around a pod template. It is kept when it ends, unless a time is given. */
export function jobSpec(template: KubernetesObject, options: JobOptions = {}): KubernetesObject {
  const { activeDeadlineSeconds = DEFAULT_DEADLINE_SECONDS, backoffLimit = 0, ttlSecondsAfterFinished } = options;
  return {
    activeDeadlineSeconds,
    backoffLimit,
    ...(ttlSecondsAfterFinished !== undefined && { ttlSecondsAfterFinished }),
    template,
  };
}

/**
 * Refuses settings the API server would refuse only after roles and policies exist.
 *
 * @throws OidcRunnerError `JOB_INVALID`
 */
export function checkJobOptions(options: JobOptions): void {
  checkCount("JOB_INVALID", "job", options, { activeDeadlineSeconds: 1, backoffLimit: 0, ttlSecondsAfterFinished: 0 });
}
