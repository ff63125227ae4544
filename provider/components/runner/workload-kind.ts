import type { AgentOptions, CronJobOptions, DeploymentOptions, JobOptions } from "../../workload/kinds";
import type { KubernetesObject } from "../../workload/pod";
import { atMostOne } from "../lib";
import type { RunnerArgs } from "./args";

/** Settings of each kind of workload. */
export interface Workload {
  job: JobOptions;
  cronJob: CronJobOptions;
  deployment: DeploymentOptions;
  agent: AgentOptions & { workerServiceAccountName?: string; workerPodTemplate?: KubernetesObject };
}

/** What a runner runs as, by the argument that says so. */
export type WorkloadKind = keyof Workload;

const KINDS: readonly WorkloadKind[] = ["job", "cronJob", "deployment", "agent"];

/**
 * What a runner runs as: a Job unless told otherwise.
 *
 * @throws OidcRunnerError `OPTION_CONFLICT`
 */
export function workloadKind(args: RunnerArgs, where: string): WorkloadKind {
  return atMostOne(args, KINDS, where) ?? "job";
}
