import type { Container, ContainerStatus, Pod, PodPhase } from "../pod";

const ADDRESS = "127.0.0.1";

/** Everything about a pod that its status is made from; the worker changes it, the reporter sends it. */
export interface PodState {
  phase: PodPhase;
  reason?: string;
  message?: string;
  /** Whether all init containers are done. */
  initialized: boolean;
  startTime: string;
  containers: ContainerStatus[];
  initContainers: ContainerStatus[];
}

/** Now, in the whole seconds that Kubernetes' API uses. */
export const timestamp = (): string => new Date().toISOString().replace(/\.\d+Z$/, "Z");

const waiting = (container: Container, reason: string): ContainerStatus => ({
  name: container.name,
  image: container.image ?? "",
  imageID: "",
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting: { reason } },
  lastState: {},
});

/** State of a pod of which nothing runs yet. */
export function initialState({ spec }: Pod): PodState {
  const initContainers = spec.initContainers ?? [];
  const reason = initContainers.length > 0 ? "PodInitializing" : "ContainerCreating";
  return {
    phase: "Pending",
    initialized: initContainers.length === 0,
    startTime: timestamp(),
    containers: spec.containers.map((container) => waiting(container, reason)),
    initContainers: initContainers.map((container) => waiting(container, "ContainerCreating")),
  };
}

/** Body of a strategic merge patch of the pod's `status` subresource. */
export function statusPatch(pod: Pod, state: PodState): object {
  // Running means that a container is or was; until then even a pod that tries hard is pending.
  const untouched = state.containers.every(
    (container) => container.state.waiting !== undefined && container.lastState.terminated === undefined,
  );
  const finished = state.phase === "Succeeded" || state.phase === "Failed";
  const ready = state.phase === "Running" && state.containers.every((container) => container.ready);
  const changed = timestamp();
  const condition = (type: string, holds: boolean, reason?: string) => ({
    type,
    status: holds ? "True" : "False",
    reason: holds ? null : (reason ?? null),
    lastTransitionTime: changed,
  });
  const notReady = finished ? "PodCompleted" : "ContainersNotReady";
  return {
    // The server refuses the patch when another pod has got the name meanwhile.
    metadata: { uid: pod.metadata.uid },
    status: {
      phase: state.phase === "Running" && untouched ? "Pending" : state.phase,
      reason: state.reason ?? null,
      message: state.message ?? null,
      startTime: state.startTime,
      hostIP: ADDRESS,
      podIP: ADDRESS,
      podIPs: [{ ip: ADDRESS }],
      containerStatuses: state.containers.map(replaceState),
      ...(state.initContainers.length === 0 ? {} : { initContainerStatuses: state.initContainers.map(replaceState) }),
      conditions: [
        condition("PodScheduled", true),
        condition("Initialized", state.initialized, "ContainersNotInitialized"),
        condition("ContainersReady", ready, notReady),
        condition("Ready", ready, notReady),
      ],
    },
  };
}

/** A merge would keep the old kind of state beside the new one. */
function replaceState(status: ContainerStatus): object {
  return {
    ...status,
    state: { waiting: null, running: null, terminated: null, ...status.state },
    lastState: { waiting: null, running: null, terminated: null, ...status.lastState },
  };
}
