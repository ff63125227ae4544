import { at, type KubernetesObject } from "../object";

/** Where an object stands on its way to being usable. */
export type Readiness = { state: "ready" } | { state: "waiting"; why: string } | { state: "failed"; reason: string };

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

const READY: Readiness = { state: "ready" };

/**
 * Judges an object by its status, for the kinds that are waited for: Job (complete), Deployment (rolled out), Pod (ready
 * or done), CustomResourceDefinition (established). Any other kind is ready when it exists.
 */
export function readiness(object: KubernetesObject): Readiness {
  const group = object.apiVersion.includes("/") ? object.apiVersion.split("/")[0] : "";
  switch (`${group}/${object.kind}`) {
    case "batch/Job":
      return jobReadiness(object);
    case "apps/Deployment":
      return deploymentReadiness(object);
    case "/Pod":
      return podReadiness(object);
    case "apiextensions.k8s.io/CustomResourceDefinition":
      return holds(object, "Established") ? READY : { state: "waiting", why: "the definition is not established" };
    default:
      return READY;
  }
}

/** True for a Job that ran to its end successfully. */
export function isComplete(job: KubernetesObject): boolean {
  return readiness(job).state === "ready";
}

/**
 * The reasons that end the official provider's wait for a Job; with any other it waits until the time is up
 * (pulumi/cloud-ready-checks v1.3.0, pkg/kubernetes/job/check.go, collectJobConditionErrors).
 */
const JOB_FAILURES = ["BackoffLimitExceeded", "DeadlineExceeded"];

function jobReadiness(job: KubernetesObject): Readiness {
  const failed = condition(job, "Failed");
  if (failed?.status === "True" && JOB_FAILURES.includes(failed.reason ?? "")) {
    return { state: "failed", reason: `[${failed.reason}] ${failed.message ?? ""}` };
  }
  if (holds(job, "Complete")) {
    return READY;
  }
  if (at(job, "status", "startTime") === undefined) {
    return { state: "waiting", why: "the Job has not started" };
  }
  const count = (key: string) => Number(at(job, "status", key) ?? 0);
  return {
    state: "waiting",
    why: `the Job is not complete (active: ${count("active")}, succeeded: ${count("succeeded")}, failed: ${count("failed")})`,
  };
}

function deploymentReadiness(deployment: KubernetesObject): Readiness {
  const number = (key: string) => Number(at(deployment, "status", key) ?? 0);
  if (number("observedGeneration") < Number(deployment.metadata.generation ?? 0)) {
    return { state: "waiting", why: "the controller has not seen the Deployment" };
  }
  const wanted = Number(at(deployment, "spec", "replicas") ?? 1);
  const [updated, available, all] = [number("updatedReplicas"), number("availableReplicas"), number("replicas")];
  // An old replica that is still there means that the rollout goes on.
  if (updated >= wanted && available >= wanted && all <= updated) {
    return READY;
  }
  // The official provider goes on waiting when Kubernetes has given the rollout up, and says so in the end
  // (pulumi/pulumi-kubernetes at f47bc2d6f199, provider/pkg/await/deployment.go, await and errorMessages).
  const troubles = ["Progressing", "Available"].flatMap((type) => {
    const { status, reason, message } = condition(deployment, type) ?? {};
    return status === "False" ? [`[${reason ?? ""}] ${message ?? ""}`] : [];
  });
  return { state: "waiting", why: [...troubles, "Minimum number of live Pods was not attained"].join("\n") };
}

function podReadiness(pod: KubernetesObject): Readiness {
  const phase = at(pod, "status", "phase");
  if (phase === "Failed") {
    const message = at(pod, "status", "message");
    return { state: "failed", reason: `[Failed] ${typeof message === "string" ? message : "the pod failed"}` };
  }
  if (phase === "Succeeded" || holds(pod, "Ready")) {
    return READY;
  }
  return { state: "waiting", why: `the pod is ${typeof phase === "string" ? phase : "not scheduled"}` };
}

function condition(object: KubernetesObject, type: string): Condition | undefined {
  const conditions = at(object, "status", "conditions");
  return Array.isArray(conditions) ? (conditions as Condition[]).find((entry) => entry.type === type) : undefined;
}

function holds(object: KubernetesObject, type: string): boolean {
  return condition(object, type)?.status === "True";
}
