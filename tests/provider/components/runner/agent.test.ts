import assert from "node:assert/strict";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../cloud";
import { listed, only } from "../pick";

async function run(args: Partial<KubernetesOidcRunnerArgs>) {
  const program = () => {
    const { workloadName } = new KubernetesOidcRunner("agent", {
      organization: "acme",
      accessToken: { runner: { pool: "pool-1" } },
      cluster: { issuerUrl: ISSUER },
      namespace: "agents",
      apiUrl: API,
      agent: {},
      ...args,
    });
    return { workloadName };
  };
  const result = await runProgram(program, cloud);
  assert.deepEqual(result.errors, []);
  return result;
}

type Run = Awaited<ReturnType<typeof run>>;

interface Pod {
  [field: string]: unknown;
  containers: {
    [field: string]: unknown;
    env: { name: string; value: string }[];
    volumeMounts: { mountPath: string; [field: string]: unknown }[];
  }[];
  volumes: { name: string; [source: string]: unknown }[];
}

const podOf = (result: Run) => (only(result, "Deployment").inputs.spec as { template: { spec: Pod } }).template.spec;
const container = (result: Run) => podOf(result).containers[0] as Pod["containers"][0];
const variables = (result: Run) =>
  Object.fromEntries(container(result).env.map(({ name, value }) => [name, value])) as Record<string, string>;

describe("a deployment agent", () => {
  it("is a Deployment with the right to make pods, and an account without rights for those pods", async () => {
    const result = await run({});
    assert.deepEqual(listed(result), [
      "Deployment agent",
      "ServiceAccount agent",
      "ServiceAccount agent-worker",
      "Role agent",
      "RoleBinding agent",
      "KubernetesOidcRunner agent",
      "OidcTrustSetup oidc-trust-3d6390d4",
      "OidcIssuer oidc-trust-3d6390d4",
      "OidcPolicy agent",
    ]);
    const { rules } = only(result, "Role").inputs as { rules: { resources: string[]; verbs: string[] }[] };
    assert.deepEqual(
      rules.map(({ resources }) => resources),
      [["pods", "configmaps"], ["pods/log"]],
    );
    assert.ok(!JSON.stringify(rules).includes("*"));
    const { roleRef, subjects, metadata } = only(result, "RoleBinding").inputs as Record<string, unknown>;
    assert.deepEqual(roleRef, { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "agent-0123" });
    assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "agent", namespace: "agents" }]);
    assert.equal((metadata as { namespace: string }).namespace, "agents");
    assert.ok(
      only(result, "Deployment").dependencies.includes("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding agent"),
    );
    assert.deepEqual(result.outputs, { workloadName: "agent-d3b9" });
  });

  it("exchanges the pod's token for one of its pool by itself, without a static token", async () => {
    const result = await run({ accessToken: { runner: { pool: "pool-1" }, expirationSeconds: 3600 } });
    assert.deepEqual(variables(result), {
      HOME: "/tmp",
      PULUMI_AGENT_DEPLOY_TARGET: "kubernetes",
      PULUMI_AGENT_SERVICE_URL: API,
      PULUMI_AGENT_OIDC_TOKEN_FILE: "/var/run/secrets/pulumi/token",
      PULUMI_AGENT_ORGANIZATION_NAME: "acme",
      PULUMI_AGENT_RUNNER_POOL_ID: "pool-1",
      PULUMI_AGENT_TOKEN_EXPIRATION: "3600s",
      PULUMI_AGENT_SHARED_VOLUME_DIRECTORY: "/mnt/work",
      PULUMI_AGENT_SERVICE_ACCOUNT_NAME: "agent-worker-5678",
      PULUMI_AGENT_IMAGE: "pulumi/customer-managed-workflow-agent:v2.3.0",
      PULUMI_AGENT_IMAGE_PULL_POLICY: "IfNotPresent",
      PULUMI_AGENT_HTTP_SERVER_PORT: "8080",
    });
    assert.deepEqual(container(result).command, ["customer-managed-workflow-agent", "run"]);
    assert.ok(!("args" in container(result)));
    const [definition] = only(result, "OidcPolicy").inputs.policies as Record<string, unknown>[];
    assert.deepEqual(definition?.accessToken, { runner: { pool: "pool-1" } });
    const audiences = JSON.stringify(podOf(result).volumes).match(/"audience":"[^"]*"/g);
    assert.deepEqual(audiences, ['"audience":"urn:pulumi:org:acme"']);
  });

  it("has a token of the Kubernetes API, and is as restricted as every runner", async () => {
    const pod = podOf(await run({}));
    assert.deepEqual([pod.automountServiceAccountToken, pod.serviceAccountName], [true, "agent"]);
    assert.deepEqual([pod.restartPolicy, pod.terminationGracePeriodSeconds], ["Always", 300]);
    assert.equal((pod.securityContext as { runAsNonRoot: boolean }).runAsNonRoot, true);
    assert.deepEqual(pod.containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("takes number, workflows, image, command, its own settings and a given account for workflow pods", async () => {
    const result = await run({
      agent: {
        replicas: 3,
        enabledWorkflowTypes: ["deployment", "insights_scan"],
        workerServiceAccountName: "worker",
      },
      image: "mirror.example.com/agent:v2.3.0",
      command: ["/agent", "run"],
      env: { PULUMI_AGENT_POLLING_INTERVAL: "30s" },
    });
    const env = variables(result);
    assert.equal((only(result, "Deployment").inputs.spec as { replicas: number }).replicas, 3);
    assert.equal(env.PULUMI_AGENT_ENABLED_WORKFLOW_TYPES, "deployment,insights_scan");
    assert.equal(env.PULUMI_AGENT_SERVICE_ACCOUNT_NAME, "worker");
    assert.equal(env.PULUMI_AGENT_POLLING_INTERVAL, "30s");
    // The workflow pods take their program from the same image.
    assert.equal(env.PULUMI_AGENT_IMAGE, "mirror.example.com/agent:v2.3.0");
    assert.equal(container(result).image, "mirror.example.com/agent:v2.3.0");
    assert.deepEqual(container(result).command, ["/agent", "run"]);
    assert.equal(only(result, "ServiceAccount").name, "agent");
  });

  it("trusts given certificates besides the image's, and hands workflow pods a template", async () => {
    const workerPodTemplate = { spec: { nodeSelector: { disk: "ssd" } } };
    const result = await run({ caCertificates: "PEM", agent: { workerPodTemplate } });
    const configMap = result.resources.find(({ type, name }) => type.endsWith(":ConfigMap") && name === "agent");
    assert.deepEqual(configMap?.inputs.data, { "ca.crt": "PEM", "worker-pod.json": JSON.stringify(workerPodTemplate) });
    assert.equal(variables(result).SSL_CERT_DIR, "/etc/ssl/certs:/opt/oidc-runner");
    assert.deepEqual(podOf(result).volumes.at(-1), { name: "entrypoint", configMap: { name: "agent-9e21" } });
    assert.deepEqual(container(result).volumeMounts.slice(3), [
      { name: "entrypoint", mountPath: "/opt/oidc-runner", readOnly: true },
      { name: "entrypoint", mountPath: "/mnt/worker-pod.json", subPath: "worker-pod.json", readOnly: true },
    ]);
    const bare = await run({ caCertificates: "PEM" });
    assert.equal(container(bare).volumeMounts.length, 4);
  });

  it("is asked how it is where it listens, and is not started again while it only pauses [0.10]", async () => {
    for (const httpServerPort of [undefined, 9090]) {
      const result = await run({ agent: { httpServerPort } });
      const { ports, readinessProbe, livenessProbe } = container(result) as Record<string, Record<string, unknown>>;
      const port = httpServerPort ?? 8080;
      assert.deepEqual(ports, [{ name: "http", containerPort: port }]);
      assert.equal(variables(result).PULUMI_AGENT_HTTP_SERVER_PORT, String(port));
      for (const probe of [readinessProbe, livenessProbe]) {
        assert.deepEqual(probe?.httpGet, { path: "/healthz", port: "http" });
      }
      const { periodSeconds, failureThreshold } = livenessProbe as { periodSeconds: number; failureThreshold: number };
      assert.ok(periodSeconds * failureThreshold > 600);
    }
  });

  it("lets a template change its probes, and takes their port from nothing but its own option [0.10]", async () => {
    const runner = { name: "runner", livenessProbe: { periodSeconds: 5 }, readinessProbe: { tcpSocket: { port: 1 } } };
    const { livenessProbe, readinessProbe } = container(await run({ podTemplate: { spec: { containers: [runner] } } }));
    assert.deepEqual(livenessProbe, {
      ...{ httpGet: { path: "/healthz", port: "http" }, timeoutSeconds: 5 },
      ...{ periodSeconds: 5, failureThreshold: 15 },
    });
    assert.deepEqual(readinessProbe, { tcpSocket: { port: 1 }, timeoutSeconds: 5, periodSeconds: 10 });
    await assert.rejects(run({ env: { PULUMI_AGENT_HTTP_SERVER_PORT: "9090" } }), /ENV_RESERVED/);
  });
});
