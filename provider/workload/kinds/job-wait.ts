import type { PodTemplate } from "../patch";
import { graceSeconds } from "../pod";
import { DEFAULT_DEADLINE_SECONDS, type JobOptions } from "./job";

/** For what comes before the Job's clock starts and after its last pod has ended, in seconds. */
const SLACK_SECONDS = 60;

/**
 * How long Pulumi waits for a Job, in seconds: as long as Kubernetes lets it run, which with retries is its deadline, and
 * then lets its pods end.
 */
export function jobWaitSeconds(
  { spec }: PodTemplate,
  { activeDeadlineSeconds = DEFAULT_DEADLINE_SECONDS }: JobOptions,
) {
  return activeDeadlineSeconds + graceSeconds(spec) + SLACK_SECONDS;
}
