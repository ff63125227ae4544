import { OidcRunnerError } from "../../../trust";
import { checkCount, type KubernetesObject } from "../pod";
import { jobSpec } from "./job";
import { scheduleFault, zoneFault } from "./schedule";

/** What becomes of a run that is due while the one before goes on: skipped, run beside it, or run in its place. */
export type ConcurrencyPolicy = "Allow" | "Forbid" | "Replace";

const CONCURRENCY_POLICIES: readonly string[] = ["Allow", "Forbid", "Replace"] satisfies ConcurrencyPolicy[];

/** Settings of a CronJob and of the Jobs it makes. */
export interface CronJobOptions {
  schedule: string;
  timeZone?: string;
  /** Default: `Forbid`. */
  concurrencyPolicy?: ConcurrencyPolicy;
  startingDeadlineSeconds?: number;
  suspend?: boolean;
  /** Default: 3. */
  successfulJobsHistoryLimit?: number;
  /** Default: 1. */
  failedJobsHistoryLimit?: number;
  activeDeadlineSeconds?: number;
  backoffLimit?: number;
}

/** Spec of a CronJob around a pod template. Runs do not pile up, and a failed one is kept to be looked into. */
export function cronJobSpec(template: KubernetesObject, options: CronJobOptions, labels: Record<string, string>) {
  const { schedule, timeZone, startingDeadlineSeconds, suspend, activeDeadlineSeconds, backoffLimit } = options;
  const { concurrencyPolicy = "Forbid", successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = options;
  return {
    schedule,
    ...(timeZone !== undefined && { timeZone }),
    concurrencyPolicy,
    ...(startingDeadlineSeconds !== undefined && { startingDeadlineSeconds }),
    ...(suspend !== undefined && { suspend }),
    successfulJobsHistoryLimit,
    failedJobsHistoryLimit,
    jobTemplate: { metadata: { labels }, spec: jobSpec(template, { activeDeadlineSeconds, backoffLimit }) },
  };
}

/**
 * Refuses settings the API server would refuse only after roles and policies exist, and a deadline so short that the
 * controller, which looks every 10 seconds, would start nothing.
 *
 * @throws OidcRunnerError `CRON_JOB_INVALID`
 */
export function checkCronJobOptions(options: Partial<CronJobOptions>): void {
  const { schedule, timeZone, concurrencyPolicy } = options;
  if (schedule !== undefined) {
    checkCronText(schedule);
  }
  const zone = timeZone === undefined ? undefined : zoneFault(timeZone);
  if (zone !== undefined) {
    const fix = zone.meant ? `use ${zone.meant}` : "give an IANA name such as Europe/Berlin, or Etc/UTC";
    throw invalid(`"${timeZone}" is not a time zone`, "timeZone", fix);
  }
  if (concurrencyPolicy !== undefined && !CONCURRENCY_POLICIES.includes(concurrencyPolicy)) {
    const fix = `use one of ${CONCURRENCY_POLICIES.join(", ")}`;
    throw invalid(`"${String(concurrencyPolicy)}" is not a concurrency policy`, "concurrencyPolicy", fix);
  }
  checkCount("CRON_JOB_INVALID", "cronJob", options, {
    startingDeadlineSeconds: 10,
    successfulJobsHistoryLimit: 0,
    failedJobsHistoryLimit: 0,
    activeDeadlineSeconds: 1,
    backoffLimit: 0,
  });
}

function checkCronText(text: string): void {
  if (/TZ\s*=/.test(text)) {
    throw invalid("the schedule holds a time zone", "schedule", "leave it out there, and give cronJob.timeZone");
  }
  const fault = scheduleFault(text);
  if (fault !== undefined) {
    throw invalid(
      `"${text}" is not a schedule: ${fault}`,
      "schedule",
      'give five fields as in cron, such as "0 3 * * *", or @daily',
    );
  }
}

function invalid(what: string, option: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("CRON_JOB_INVALID", what, { where: `cronJob.${option}`, fix });
}
