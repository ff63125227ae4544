import type { ProvenTrust } from "../trust/prove";
import { type TokenSelection, tokenOwner } from "../trust/token-selection";
import { isReserved } from "./check-env";
import { paths } from "./paths";
import type { PodMount, PodParts, PodVolume } from "./pod-parts";
import { tokenVolume } from "./token-volume";

/** Image with a Pulumi CLI that has `login --oidc-token`, and curl. */
export const DEFAULT_IMAGE = "pulumi/pulumi:3.250.0-nonroot";

/** User and group of the containers: not root, and without an entry in the image's passwd, as `restricted` wants. */
const USER = 65532;

/** A container's requests and limits. */
export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

/** What a runner's pod is made from. */
export interface PodOptions {
  organization: string;
  trust: ProvenTrust;
  token: TokenSelection;
  expirationSeconds: number;
  apiUrl: string;
  configMapName: string;
  image?: string;
  /** Command to become after the exchange; ignored when the ConfigMap has a script. */
  command?: string[];
  /** Whether the ConfigMap has a script to run. */
  hasScript: boolean;
  env?: Record<string, string>;
  resources?: Resources;
  /** What the pod's cloud identity needs in it. */
  identity?: PodParts;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** A plain Kubernetes object; its schema is the API server's business. */
export type KubernetesObject = Record<string, unknown>;

/** A pod template that passes Pod Security `restricted` and holds nothing but short-lived tokens of its own. */
export function podTemplate(options: PodOptions): { metadata: KubernetesObject; spec: KubernetesObject } {
  const volumes: PodVolume[] = [
    { name: "entrypoint", configMap: { name: options.configMapName, defaultMode: 0o555 } },
    tokenVolume("pulumi-token", options.trust.audience),
    { name: "private", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
    { name: "home", emptyDir: {} },
    ...(options.identity?.volumes ?? []),
  ];
  const mounts: PodMount[] = [
    { name: "entrypoint", mountPath: paths.entrypointDirectory, readOnly: true },
    { name: "pulumi-token", mountPath: paths.pulumiTokenDirectory, readOnly: true },
    { name: "private", mountPath: paths.privateDirectory },
    { name: "home", mountPath: paths.homeDirectory },
    ...(options.identity?.mounts ?? []),
  ];
  const command = options.hasScript
    ? ["/bin/sh", `${paths.entrypointDirectory}/script.sh`]
    : (options.command ?? ["pulumi", "whoami"]);
  return {
    metadata: { labels: options.labels, annotations: options.annotations },
    spec: {
      serviceAccountName: options.trust.serviceAccountName,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "runner",
          image: options.image ?? DEFAULT_IMAGE,
          command: ["/bin/sh", `${paths.entrypointDirectory}/entrypoint.sh`],
          args: command,
          workingDir: paths.homeDirectory,
          env: environment(options),
          // The API server drops an empty object, which would then look like drift.
          ...(options.resources !== undefined && { resources: options.resources }),
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          terminationMessagePolicy: "FallbackToLogsOnError",
          volumeMounts: mounts,
        },
      ],
      volumes,
    },
  };
}

function environment(options: PodOptions): { name: string; value: string }[] {
  const owner = tokenOwner(options.token);
  const own: Record<string, string> = {
    HOME: paths.homeDirectory,
    PULUMI_HOME: `${paths.homeDirectory}/.pulumi`,
    PULUMI_CREDENTIALS_PATH: paths.privateDirectory,
    PULUMI_BACKEND_URL: options.apiUrl,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    OIDC_RUNNER_ORGANIZATION: options.organization,
    OIDC_RUNNER_TOKEN_TYPE: options.token.tokenType,
    ...(owner !== undefined && { OIDC_RUNNER_TOKEN_OWNER: owner }),
    OIDC_RUNNER_EXPIRATION_SECONDS: String(options.expirationSeconds),
    OIDC_RUNNER_TOKEN_FILE: `${paths.pulumiTokenDirectory}/token`,
    OIDC_RUNNER_PRIVATE_DIR: paths.privateDirectory,
    ...options.identity?.env,
  };
  // HOME, for example, is the user's to set.
  const value = (name: string) => (isReserved(name) ? own[name] : options.env?.[name]) ?? own[name] ?? "";
  return Object.keys({ ...options.env, ...own }).map((name) => ({ name, value: value(name) }));
}
