import { OidcRunnerError } from "../../../trust";
import type { PodTemplate } from "../patch";
import { checkCount, graceSeconds, type KubernetesObject } from "../pod";

/** How a Deployment replaces its pods: one after the other, or all at once. */
export type StrategyType = "RollingUpdate" | "Recreate";

const STRATEGY_TYPES: readonly string[] = ["RollingUpdate", "Recreate"] satisfies StrategyType[];

/** A number, or a share such as `"25%"`. */
export type IntOrString = number | string;

/** Settings of a Deployment. */
export interface DeploymentOptions {
  /** Default: 1. */
  replicas?: number;
  /** Default: {@link DEFAULT_MIN_READY_SECONDS}. */
  minReadySeconds?: number;
  /** Default: Kubernetes' 600. */
  progressDeadlineSeconds?: number;
  strategy?: { type?: StrategyType; rollingUpdate?: { maxSurge?: IntOrString; maxUnavailable?: IntOrString } };
}

/**
 * How long, in seconds, a pod must run before it counts as available: time enough for a command that fails at once to end,
 * so that the rollout waits and `pulumi up` tells.
 */
export const DEFAULT_MIN_READY_SECONDS = 5;

/**
 * Spec of a Deployment around a pod template. Its selector, which can never be changed, is made of the two labels that
 * only the runner sets.
 */
export function deploymentSpec(
  template: KubernetesObject,
  options: DeploymentOptions,
  selector: Record<string, string>,
): KubernetesObject {
  const { replicas = 1, minReadySeconds = DEFAULT_MIN_READY_SECONDS, progressDeadlineSeconds, strategy } = options;
  return {
    replicas,
    minReadySeconds,
    ...(progressDeadlineSeconds !== undefined && { progressDeadlineSeconds }),
    ...(strategy !== undefined && { strategy }),
    selector: { matchLabels: selector },
    template,
  };
}

/** Kubernetes' own: how long, in seconds, a rollout may go on without progress. */
const DEFAULT_PROGRESS_DEADLINE_SECONDS = 600;

/** From the deadline to the condition that tells of it, seconds. */
const SLACK_SECONDS = 30;

/**
 * How long, in seconds, `pulumi up` is to wait for a rollout: until Kubernetes has given it up, each new pod being progress.
 * The official provider does not end its wait when Kubernetes gives up, and waits ten minutes otherwise
 * (pulumi/pulumi-kubernetes at f47bc2d6f199, provider/pkg/await/deployment.go, await; await/await.go, Creation). The same
 * time is its limit for deletion, in which the pods have to end: it is never shorter than their grace period.
 */
export function deploymentWaitSeconds({ spec }: Pick<PodTemplate, "spec">, options: DeploymentOptions): number {
  const { replicas = 1, progressDeadlineSeconds = DEFAULT_PROGRESS_DEADLINE_SECONDS } = options;
  return Math.max(replicas * progressDeadlineSeconds, graceSeconds(spec)) + SLACK_SECONDS;
}

/**
 * Refuses settings the API server would refuse only after roles and policies exist.
 *
 * @throws OidcRunnerError `DEPLOYMENT_INVALID`
 */
export function checkDeploymentOptions(options: DeploymentOptions, where = "deployment"): void {
  checkCount("DEPLOYMENT_INVALID", where, options, { replicas: 0, minReadySeconds: 0, progressDeadlineSeconds: 1 });
  const {
    minReadySeconds = DEFAULT_MIN_READY_SECONDS,
    progressDeadlineSeconds = DEFAULT_PROGRESS_DEADLINE_SECONDS,
    strategy,
  } = options;
  if (progressDeadlineSeconds <= minReadySeconds) {
    throw invalid(
      `the rollout would fail after ${progressDeadlineSeconds} s, before any pod is available after ${minReadySeconds} s`,
      `${where}.progressDeadlineSeconds`,
      "give more than minReadySeconds",
    );
  }
  const { type, rollingUpdate } = strategy ?? {};
  if (type !== undefined && !STRATEGY_TYPES.includes(type)) {
    throw invalid(
      `"${String(type)}" is not a strategy`,
      `${where}.strategy.type`,
      `use one of ${STRATEGY_TYPES.join(", ")}`,
    );
  }
  if (type === "Recreate" && rollingUpdate !== undefined) {
    const fix = "leave rollingUpdate out, or use type RollingUpdate";
    throw invalid("Recreate takes no settings of RollingUpdate", `${where}.strategy`, fix);
  }
  for (const [name, value] of Object.entries(rollingUpdate ?? {})) {
    if (value !== undefined && !isShare(value)) {
      const fix = 'give a whole number, at least 0, or a share such as "25%"';
      throw invalid(`${name} can't be ${String(value)}`, `${where}.strategy.rollingUpdate.${name}`, fix);
    }
  }
}

function isShare(value: IntOrString): boolean {
  return typeof value === "number" ? Number.isInteger(value) && value >= 0 : /^\d+%$/.test(value);
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("DEPLOYMENT_INVALID", what, { where, fix });
}
