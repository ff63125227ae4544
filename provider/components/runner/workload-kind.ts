import { OidcRunnerError } from "../../../trust";
import {
  type AgentOptions,
  type CronJobOptions,
  checkAgentOptions,
  checkCronJobOptions,
  checkDeploymentOptions,
  checkJobOptions,
  type DeploymentOptions,
  type JobOptions,
} from "../../workload/kinds";

import type { KubernetesObject } from "../../workload/pod";
import { atMostOne, exactlyOne } from "../lib";
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

/** Refuses single settings of a workload; those that are not known yet are left out. */
export function checkSettings(kind: WorkloadKind, settings: object): void {
  const check: Record<WorkloadKind, (options: never) => void> = {
    job: checkJobOptions,
    cronJob: checkCronJobOptions,
    deployment: checkDeploymentOptions,
    agent: checkAgentOptions,
  };
  check[kind](settings as never);
}

/**
 * The settings of a workload, all of them known, when they are good.
 *
 * @throws OidcRunnerError `JOB_INVALID`, `CRON_JOB_INVALID`, `DEPLOYMENT_INVALID`, `AGENT_INVALID`, `OPTION_MISSING`
 */
export function checkWorkload<K extends WorkloadKind>(kind: K, settings: object, name: string) {
  if (kind === "cronJob") {
    exactlyOne(settings as CronJobOptions, ["schedule"], `${name}.cronJob`);
  }
  checkSettings(kind, settings);
  return settings as Workload[K];
}

/**
 * Refuses a token the agent does not take: it asks for tokens of its pool, and for no other.
 *
 * @throws OidcRunnerError `AGENT_INVALID`
 */
export function checkAgentToken(tokenType: string): void {
  if (tokenType !== "runner") {
    throw new OidcRunnerError("AGENT_INVALID", `a deployment agent takes no ${tokenType} token`, {
      where: "accessToken",
      fix: "give accessToken: { runner: { pool } }, with the pool's id",
    });
  }
}
