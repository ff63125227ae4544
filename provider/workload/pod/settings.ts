import type { KubernetesObject, PodOptions, Resources } from "./options";
import { paths } from "./paths";

/** Name of the container that does the work. */
export const CONTAINER = "runner";

/** User and group of the containers: not root, and without an entry in the image's passwd, as `restricted` wants. */
const USER = 65532;

/**
 * How long a pod may take to end, in seconds: time for a `pulumi up` in it to cancel what it waits for and to write its
 * state. Kubernetes' 30 are too short for that. A command that ends at once takes none of it.
 */
const GRACE_SECONDS = 300;

/** What {@link podSettings} are made from. */
export interface PodSettings extends Pick<PodOptions, "restartPolicy" | "nodeSelector" | "tolerations"> {
  serviceAccountName: string;
  /** Default: {@link GRACE_SECONDS}. */
  graceSeconds?: number;
}

/** Who the pod is and where it runs: no token of the Kubernetes API, no addresses of services, not root. */
export function podSettings(options: PodSettings) {
  const { serviceAccountName, restartPolicy = "Never", nodeSelector, tolerations } = options;
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy,
    terminationGracePeriodSeconds: options.graceSeconds ?? GRACE_SECONDS,
    // The images are Linux's; on a cluster with Windows nodes as well the pod could otherwise be placed on one of them.
    nodeSelector: { "kubernetes.io/os": "linux", ...nodeSelector },
    ...unlessEmpty({ tolerations }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
  } satisfies KubernetesObject;
}

/**
 * Disk that a node must have free for a runner. Plugins (the AWS one alone unpacks to 0.8 GB), node_modules or Go's caches, and a
 * clone take 2 to 3 GB. GKE Autopilot gives 1 GiB to a container that asks for nothing, makes what it asks for its limit, and
 * evicts the pod that writes more; a pod may ask for 10 GiB at most (GKE documentation, "Resource requests in Autopilot").
 */
const DISK = "4Gi";

/** The user's resources, with a request for disk where they don't speak of it: one above the user's limit would be refused. */
export function withDisk({ requests, limits }: Resources = {}): Resources {
  if (limits?.["ephemeral-storage"] !== undefined) {
    return { ...(requests !== undefined && { requests }), limits };
  }
  return { requests: { "ephemeral-storage": DISK, ...requests }, ...(limits !== undefined && { limits }) };
}

/** What Pod Security `restricted` asks of a container, a root file system that can't be written, and its resources. */
export function containerSettings({ resources }: Pick<PodOptions, "resources">) {
  return {
    ...unlessEmpty({ resources }),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    terminationMessagePolicy: "FallbackToLogsOnError",
  } satisfies KubernetesObject;
}

/**
 * Keeps a rollout from going on before a new pod has its access token: until then the container does not count as started.
 * The limit, 10 minutes, is longer than the entrypoint tries.
 */
export const HAS_TOKEN: KubernetesObject = {
  exec: { command: ["/bin/sh", "-c", `[ -s ${paths.accessTokenFile} ]`] },
  periodSeconds: 1,
  failureThreshold: 600,
};

/** The API server drops what is empty, which would then look like drift. */
function unlessEmpty(fields: Record<string, object | undefined>): KubernetesObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => Object.keys(value ?? {}).length > 0));
}

/** How long a pod may take to end, in seconds: what its template says, else our default, which is longer than Kubernetes'. */
export function graceSeconds({ terminationGracePeriodSeconds }: KubernetesObject): number {
  return typeof terminationGracePeriodSeconds === "number" ? terminationGracePeriodSeconds : GRACE_SECONDS;
}
