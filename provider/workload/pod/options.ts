import type { ProvenTrust } from "../../../trust/parties/pulumi";
import type { TokenSelection } from "../../../trust/policy";
import type { PodParts } from "./parts";
import type { SubjectToken } from "./subject-token";

/** A plain Kubernetes object; its schema is the API server's business. */
export type KubernetesObject = Record<string, unknown>;

/** A container's requests and limits. */
export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

/** A value in a Secret of the pod's namespace. */
export interface SecretKey {
  name: string;
  key: string;
  optional?: boolean;
}

/** What users say of a runner's pod. Each is an argument of every runner too, which the compiler asks for. */
export interface PodArguments {
  image?: string;
  /** Command to become after the exchange; ignored when there is a script. */
  command?: string[];
  env?: Record<string, string>;
  secretEnv?: Record<string, SecretKey>;
  resources?: Resources;
  nodeSelector?: Record<string, string>;
  tolerations?: object[];
}

/** What a runner's pod is made from. */
export interface PodOptions extends PodArguments {
  organization: string;
  trust: ProvenTrust;
  token: TokenSelection;
  expirationSeconds: number;
  apiUrl: string;
  /** ConfigMaps of the entrypoint's directory: the scripts', and the runner's own if it has files. */
  configMapNames: string[];
  /** Whether the runner's own files have a script to run. */
  hasScript: boolean;
  /** What the pod's cloud identity needs in it. */
  identity?: PodParts;
  subjectToken: SubjectToken;
  /** `Always` is for pods that go on; they count as started when they have their token. Default: `Never`. */
  restartPolicy?: "Never" | "Always";
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
