import {
  CONTAINER,
  containerSettings,
  type KubernetesObject,
  mergeEnvironment,
  type PodMount,
  type PodOptions,
  type PodVolume,
  paths,
  podSettings,
  TRUST_MOUNTS,
  tokenVolume,
} from "../pod";
import { type AgentOptions, agentSettings, DEFAULT_HTTP_SERVER_PORT } from "./agent-settings";

/** Image of Pulumi's customer-managed workflow agent. */
export const DEFAULT_AGENT_IMAGE = "pulumi/customer-managed-workflow-agent:v2.3.0";

/** Where the agent keeps what it shares with workflow pods, as its installer has it. */
const WORK_DIRECTORY = "/mnt/work";

/** Where the agent says how it is (pulumi/customer-managed-workflow-agent at f168e78cc2f3, kubernetes/README.md, "Basic Health Monitoring"). */
const HEALTH = { httpGet: { path: "/healthz", port: "http" }, timeoutSeconds: 5 };

/**
 * Probes of the agent. It calls itself unhealthy after some minutes without progress (`health_threshold`), and pauses for ten
 * when the API fails again and again (`circuit_breaker_timeout`): only an agent that is unhealthy for longer than that is
 * started again, because its end cuts off the workflows that it watches.
 */
const PROBES = {
  readinessProbe: { ...HEALTH, periodSeconds: 10 },
  livenessProbe: { ...HEALTH, periodSeconds: 60, failureThreshold: 15 },
};

/** What an agent's pod is made from, besides what every runner's is. */
export interface AgentPodOptions extends Omit<PodOptions, "configMapNames" | "hasScript" | "identity"> {
  agent: AgentOptions;
  /** ServiceAccount of the pods that workflows run in. */
  workerServiceAccountName: string;
  /** ConfigMap with {@link agentData}; none when that is empty. */
  configMapName?: string;
  /** Files of the ConfigMap. */
  files: readonly string[];
}

/** What the agent reads from a ConfigMap: certificates, and what it merges into workflow pods. */
export function agentData(given: {
  caCertificates?: string;
  workerPodTemplate?: KubernetesObject;
}): Record<string, string> {
  const { caCertificates, workerPodTemplate } = given;
  return {
    ...(caCertificates !== undefined && { "ca.crt": caCertificates }),
    ...(workerPodTemplate !== undefined && { "worker-pod.json": JSON.stringify(workerPodTemplate) }),
  };
}

/**
 * The pod template of an agent. The agent exchanges the pod's token itself (its `oidc_token_file`), so there is no entrypoint;
 * and it makes pods, so it has a token of the Kubernetes API. Settings by the agent's own names, each as an environment
 * variable (Pulumi documentation, "Customer-managed runners", configuration reference).
 */
export function agentPodTemplate(options: AgentPodOptions): { metadata: KubernetesObject; spec: KubernetesObject } {
  const {
    configMapName,
    files,
    image = DEFAULT_AGENT_IMAGE,
    command = ["customer-managed-workflow-agent", "run"],
  } = options;
  const volumes: PodVolume[] = [
    tokenVolume("pulumi-token", options.subjectToken.audience),
    { name: "home", emptyDir: {} },
    { name: "work", emptyDir: {} },
    ...(configMapName === undefined ? [] : [{ name: "entrypoint", configMap: { name: configMapName } }]),
  ];
  const mounts: (PodMount & { subPath?: string })[] = [
    TRUST_MOUNTS.pulumiToken,
    { name: "home", mountPath: paths.homeDirectory },
    { name: "work", mountPath: WORK_DIRECTORY },
  ];
  if (files.includes("ca.crt")) {
    mounts.push({ name: "entrypoint", mountPath: paths.entrypointDirectory, readOnly: true });
  }
  if (files.includes("worker-pod.json")) {
    const subPath = "worker-pod.json";
    mounts.push({ name: "entrypoint", mountPath: `/mnt/${subPath}`, subPath, readOnly: true });
  }
  return {
    metadata: { labels: options.labels, annotations: options.annotations },
    spec: {
      ...podSettings({ ...options, serviceAccountName: options.trust.serviceAccountName }),
      // It makes the pods that workflows run in.
      automountServiceAccountToken: true,
      containers: [
        {
          name: CONTAINER,
          image,
          command,
          workingDir: paths.homeDirectory,
          env: mergeEnvironment(options, agentVariables(options, image)),
          ports: [{ name: "http", containerPort: options.agent.httpServerPort ?? DEFAULT_HTTP_SERVER_PORT }],
          ...PROBES,
          ...containerSettings(options),
          volumeMounts: mounts,
        },
      ],
      volumes,
    },
  };
}

function agentVariables(options: AgentPodOptions, image: string): Record<string, string> {
  const { enabledWorkflowTypes } = options.agent;
  return {
    HOME: paths.homeDirectory,
    PULUMI_AGENT_DEPLOY_TARGET: "kubernetes",
    PULUMI_AGENT_SERVICE_URL: options.apiUrl,
    PULUMI_AGENT_OIDC_TOKEN_FILE: options.subjectToken.file,
    PULUMI_AGENT_ORGANIZATION_NAME: options.organization,
    PULUMI_AGENT_RUNNER_POOL_ID: options.token.runner ?? "",
    // A length of time as Go writes it.
    PULUMI_AGENT_TOKEN_EXPIRATION: `${options.expirationSeconds}s`,
    PULUMI_AGENT_SHARED_VOLUME_DIRECTORY: WORK_DIRECTORY,
    PULUMI_AGENT_SERVICE_ACCOUNT_NAME: options.workerServiceAccountName,
    // Workflow pods copy the runner's program from it; it must be of the agent's own release.
    PULUMI_AGENT_IMAGE: image,
    PULUMI_AGENT_IMAGE_PULL_POLICY: "IfNotPresent",
    ...agentSettings(options.agent),
    ...(enabledWorkflowTypes !== undefined && { PULUMI_AGENT_ENABLED_WORKFLOW_TYPES: enabledWorkflowTypes.join(",") }),
    // Go reads every file of these directories besides the image's own bundle.
    ...(options.files.includes("ca.crt") && { SSL_CERT_DIR: `/etc/ssl/certs:${paths.entrypointDirectory}` }),
  };
}

/**
 * What the agent does in its namespace, as its installer allows it but for verbs that `pods/log` does not have. Who may
 * create pods may run them as any ServiceAccount of the namespace: it should be the agent's alone.
 */
export const AGENT_RULES: KubernetesObject[] = [
  { apiGroups: [""], resources: ["pods", "configmaps"], verbs: ["create", "get", "list", "watch", "update", "delete"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get", "list", "watch"] },
];
