import type { Resources, SecretKey } from "../pod";

/** How the kubelet asks whether a server works: a request that must be answered with 200 to 399, or a connection. */
export interface ProbeOptions {
  path?: string;
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
  initialDelaySeconds?: number;
}

/** What users say of a service's pod. Each is an argument of the component too, which the compiler asks for. */
export interface ServerArguments {
  image: string;
  command?: string[];
  port?: number;
  env?: Record<string, string>;
  secretEnv?: Record<string, SecretKey>;
  readinessProbe?: ProbeOptions;
  livenessProbe?: ProbeOptions;
  resources?: Resources;
  nodeSelector?: Record<string, string>;
  tolerations?: object[];
}

/** What a service's pod is made from. */
export interface ServerOptions extends ServerArguments {
  serviceAccountName: string;
  configMapName: string;
  /** Whether the ConfigMap has certificates to trust. */
  hasCertificates: boolean;
  /** Secret with the server's own certificate. */
  tlsSecretName?: string;
  /** Whether the server asks the API server, for keys or reviews: only then has it a token for it. */
  asksApiServer: boolean;
  labels: Record<string, string>;
}

/** Port that a server listens on unless another is given. */
export const DEFAULT_PORT = 8080;
