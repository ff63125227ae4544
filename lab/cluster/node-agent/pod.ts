/** The parts of Kubernetes' Pod that the node agent reads and writes, as the API server sends them (v1). */
export interface Pod {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
  };
  spec: PodSpec;
  status: { phase?: PodPhase };
}

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

export interface PodSpec {
  nodeName?: string;
  serviceAccountName?: string;
  restartPolicy: "Always" | "OnFailure" | "Never";
  activeDeadlineSeconds?: number;
  terminationGracePeriodSeconds?: number;
  schedulingGates?: unknown[];
  hostname?: string;
  securityContext?: PodSecurityContext;
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
}

interface UserSecurityContext {
  runAsUser?: number;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
}

export interface PodSecurityContext extends UserSecurityContext {
  fsGroup?: number;
  supplementalGroups?: number[];
}

export interface ContainerSecurityContext extends UserSecurityContext {
  readOnlyRootFilesystem?: boolean;
  allowPrivilegeEscalation?: boolean;
  privileged?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
}

export interface Container {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: EnvVar[];
  envFrom?: EnvFrom[];
  volumeMounts?: VolumeMount[];
  securityContext?: ContainerSecurityContext;
  terminationMessagePath?: string;
  terminationMessagePolicy?: "File" | "FallbackToLogsOnError";
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    configMapKeyRef?: KeyRef;
    secretKeyRef?: KeyRef;
    resourceFieldRef?: unknown;
  };
}

interface KeyRef {
  name: string;
  key: string;
  optional?: boolean;
}

export interface EnvFrom {
  prefix?: string;
  configMapRef?: { name: string; optional?: boolean };
  secretRef?: { name: string; optional?: boolean };
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath?: string;
  readOnly?: boolean;
}

export interface KeyToPath {
  key: string;
  path: string;
  mode?: number;
}

/** Keys of a ConfigMap or Secret as files. */
export interface KeyedSource {
  name?: string;
  items?: KeyToPath[];
  optional?: boolean;
}

export interface DownwardSource {
  items?: { path: string; mode?: number; fieldRef?: { fieldPath: string } }[];
}

export interface TokenSource {
  audience?: string;
  expirationSeconds?: number;
  path: string;
}

export interface ProjectedSource {
  serviceAccountToken?: TokenSource;
  configMap?: KeyedSource;
  secret?: KeyedSource;
  downwardAPI?: DownwardSource;
}

export interface Volume {
  name: string;
  configMap?: KeyedSource & { defaultMode?: number };
  secret?: { secretName: string; items?: KeyToPath[]; optional?: boolean; defaultMode?: number };
  downwardAPI?: DownwardSource & { defaultMode?: number };
  projected?: { sources: ProjectedSource[]; defaultMode?: number };
  emptyDir?: { medium?: string; sizeLimit?: string };
}

/** State of a container as it stands in the pod's status. */
export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: {
    exitCode: number;
    reason: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
    containerID?: string;
  };
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
}
