import type {
  RunnerAccessToken,
  RunnerAgent,
  RunnerArgs,
  RunnerCronJob,
  RunnerDeployment,
  RunnerJob,
  RunnerMetadata,
  RunnerPodTemplate,
  RunnerResources,
  RunnerRollingUpdate,
  RunnerStrategy,
} from "../../../../provider/components/runner/args";
import type { OrganizationToken } from "../../../../provider/resources/access-token";
import { type Row, row, rows, type Tree } from "./row";

/** The default command ends by itself, which a Deployment's may not. */
const goesOn = (rest: Tree): Tree => ("command" in rest || "script" in rest ? {} : { script: "serve\n" });

/**
 * Stands for an `OidcTrustSetup` of the runner's issuer, which can only be made inside of a program: with a definition for the
 * runner's namespace where the runner has none of its own.
 */
export const GIVEN_TRUST = Symbol("trust");

/** Options with rows of their own, below. */
type Apart =
  | "accessToken"
  | "trust"
  | "createPolicy"
  | "waive"
  | "createServiceAccount"
  | "job"
  | "cronJob"
  | "deployment"
  | "agent"
  | "secretEnv"
  | "resources"
  | "tolerations"
  | "podTemplate";

const simple = rows<Omit<RunnerArgs, Apart>>("", {
  organization: ["other"],
  adoptPolicies: [true],
  namespace: ["elsewhere"],
  createNamespace: [true],
  serviceAccountName: ["trusted"],
  image: ["registry.example.com/runner:1"],
  command: [["pulumi", "env", "ls"]],
  script: ["pulumi env ls\n"],
  env: [{ LOG_LEVEL: "debug" }],
  nodeSelector: [{ "kubernetes.io/arch": "arm64" }],
  labels: [{ "app.kubernetes.io/part-of": "platform", team: "platform" }],
  triggers: [["a", "b"]],
  apiUrl: ["https://pulumi.example.com"],
  caCertificates: ["-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"],
});

const POOL = { accessToken: { runner: { pool: "pool-0" } } };

const token: Row[] = [
  ...rows<Pick<RunnerAccessToken, "expirationSeconds">>("accessToken", { expirationSeconds: [900] }),
  ...rows<OrganizationToken>("accessToken.organization", { roleId: ["role-7"], admin: [true] }),
  row("accessToken.team", { accessToken: { team: { name: "platform" } } }),
  row("accessToken.personal", { accessToken: { personal: { user: "ann" } } }),
  row("accessToken.runner", { accessToken: { runner: { pool: "pool-0" } } }),
  row(
    "accessToken.team.name",
    { accessToken: { team: { name: "other" } } },
    { seen: { accessToken: { team: { name: "platform" } } } },
  ),
  row(
    "accessToken.personal.user",
    { accessToken: { personal: { user: "bob" } } },
    { seen: { accessToken: { personal: { user: "ann" } } } },
  ),
  row(
    "accessToken.runner.pool",
    { accessToken: { runner: { pool: "pool-1" } } },
    { seen: { accessToken: POOL.accessToken } },
  ),
];

const BROAD = { name: "BROAD_SUBJECT", reason: "a test" };

const lists: Row[] = [
  row("waive.name", { waive: [{ ...BROAD, name: "UNKNOWN_CLAIM" }] }, { seen: { waive: [BROAD] } }),
  row("waive.reason", { waive: [{ ...BROAD, reason: "another test" }] }, { seen: { waive: [BROAD] } }),
  row("secretEnv.name", secret("A", { name: "other" }), { seen: secret("A") }),
  row("secretEnv.key", secret("B", { key: "other" }), { seen: secret("B") }),
  row("secretEnv.optional", secret("C", { optional: true }), { seen: secret("C") }),
  row("tolerations.key", toleration({ key: "gpu" }), { seen: toleration() }),
  row("tolerations.operator", toleration({ operator: "Equal", key: "spot" }), { seen: toleration({ key: "spot" }) }),
  row("tolerations.value", toleration({ operator: "Equal", key: "pool", value: "runners" }), {
    seen: toleration({ operator: "Equal", key: "pool" }),
  }),
  row("tolerations.effect", toleration({ effect: "NoSchedule" }), { seen: toleration() }),
  row("tolerations.tolerationSeconds", toleration({ effect: "NoExecute", tolerationSeconds: 60 }), {
    seen: toleration({ effect: "NoExecute" }),
  }),
];

function secret(variable: string, more: object = {}) {
  return { secretEnv: { [variable]: { name: "database", key: "url", ...more } } };
}

function toleration(more: object = {}) {
  return { tolerations: [{ operator: "Exists", ...more }] };
}

/** A container that Pod Security `restricted` takes. */
const SIDECAR = {
  name: "proxy",
  image: "registry.example.com/proxy:1",
  ports: [{ containerPort: 8080 }],
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};

const pod = [
  ...rows<RunnerResources>("resources", {
    requests: [{ cpu: "100m", memory: "128Mi" }],
    limits: [{ cpu: "1", memory: "1Gi" }],
  }),
  ...rows<RunnerMetadata>("podTemplate.metadata", {
    labels: [{ tier: "batch" }],
    annotations: [{ "example.com/owner": "platform" }],
  }),
  ...rows<Omit<RunnerPodTemplate, "metadata">>("podTemplate", {
    spec: [
      {
        terminationGracePeriodSeconds: 45,
        imagePullSecrets: [{ name: "registry" }],
        volumes: [{ name: "cache", emptyDir: {} }],
        containers: [{ name: "runner", volumeMounts: [{ name: "cache", mountPath: "/cache" }], stdin: true }],
      },
      { containers: [SIDECAR] },
    ],
  }),
];

const workloads = [
  ...rows<RunnerJob>("job", {
    activeDeadlineSeconds: [60],
    backoffLimit: [2],
    ttlSecondsAfterFinished: [0],
  }),
  row("cronJob", { cronJob: { schedule: "0 3 * * *" } }),
  ...rows<RunnerCronJob>(
    "cronJob",
    {
      schedule: ["*/5 * * * *", "@daily"],
      timeZone: ["Europe/Berlin"],
      concurrencyPolicy: ["Allow", "Replace"],
      startingDeadlineSeconds: [10],
      suspend: [true],
      successfulJobsHistoryLimit: [0],
      failedJobsHistoryLimit: [5],
      activeDeadlineSeconds: [60],
      backoffLimit: [2],
    },
    { needs: { cronJob: { schedule: "0 3 * * *" } } },
  ),
  row("deployment", { deployment: {} }, { needs: goesOn }),
  ...rows<Omit<RunnerDeployment, "strategy">>(
    "deployment",
    { replicas: [0, 2], minReadySeconds: [30], progressDeadlineSeconds: [120] },
    { seen: { deployment: {}, script: "serve\n" }, needs: goesOn },
  ),
  ...rows<Omit<RunnerStrategy, "rollingUpdate">>(
    "deployment.strategy",
    { type: ["RollingUpdate", "Recreate"] },
    { seen: { deployment: {}, script: "serve\n" }, needs: goesOn },
  ),
  ...rows<RunnerRollingUpdate>(
    "deployment.strategy.rollingUpdate",
    { maxSurge: [2, "50%"], maxUnavailable: [1, "10%"] },
    { seen: { deployment: {}, script: "serve\n" }, needs: goesOn },
  ),
  row("agent", { agent: {} }, { needs: POOL }),
  ...rows<RunnerAgent>(
    "agent",
    {
      replicas: [2],
      enabledWorkflowTypes: [["deployment", "insights_scan"]],
      workerServiceAccountName: ["worker"],
      ...{ numCpus: [2], memQuantity: [4], singleRun: [true], pollingInterval: ["30s"] },
      ...{ pollingIntervalOverride: [true], jobStatusLoopInterval: ["15s"], requestTimeout: ["1m"] },
      ...{ requestRetryCount: [5], requestRetryWait: ["5s"], requestRetryMaxWait: ["1m"] },
      ...{ circuitBreakerFailures: [3], circuitBreakerTimeout: ["5m"], httpServerPort: [9090] },
      healthThreshold: ["10m"],
      workerPodTemplate: [{ spec: { nodeSelector: { "kubernetes.io/arch": "arm64" } } }],
    },
    { needs: POOL, seen: { agent: {} } },
  ),
];

/** Every option that all runners have. */
export const commonRows: readonly Row[] = [
  ...simple,
  ...token,
  ...lists,
  ...pod,
  ...workloads,
  row("trust", { trust: GIVEN_TRUST }),
  row("createPolicy", { createPolicy: false }, { needs: { trust: GIVEN_TRUST } }),
  row("createServiceAccount", { createServiceAccount: false }, { needs: { serviceAccountName: "existing" } }),
];
