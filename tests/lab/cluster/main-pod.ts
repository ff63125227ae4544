import type { ApiClient } from "../../../lab/cluster/api-client";
import { eventually, type PodView } from "./isolated-cluster";

/** What {@link mainJob} prints, one fact a line. */
const SCRIPT = `
set -eu
echo "user $(id -u):$(id -g)"
stat -c 'token %a %u' -L /var/run/secrets/pulumi/token
cut -d. -f2 /var/run/secrets/pulumi/token
touch /opt/x 2>/dev/null && echo "root is writable"
echo x > "$PULUMI_HOME/credentials.json" && stat -c 'home %a' -f "$PULUMI_HOME" >/dev/null && echo "home is writable"
grep -q " $PULUMI_HOME tmpfs " /proc/self/mounts && echo "home is in memory"
echo x > /tmp/scratch && echo "tmp is writable"
pulumi whoami
grep -E '^(CapEff|NoNewPrivs)' /proc/self/status | tr '\\t' ' '
ls /root /home | tr -d '\\n'
exit "\${EXIT_CODE:-0}"
`;

/** Audience of the main pod's token. */
export const AUDIENCE = "urn:pulumi:org:acme";

/** Creates a namespace that admits only restricted pods, and in it a ServiceAccount and the entrypoint. */
export async function createRestrictedNamespace(client: ApiClient, name: string): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await client.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  const objects = `/api/v1/namespaces/${name}`;
  await client.post(`${objects}/serviceaccounts`, { metadata: { name: "runner" } });
  await client.post(`${objects}/configmaps`, { metadata: { name: "entrypoint" }, data: { "entrypoint.sh": SCRIPT } });
}

/** The Job this project exists for: restricted, own projected token, entrypoint from a ConfigMap, Pulumi's home in memory. */
export function mainJob(name: string, env: { name: string; value: string }[] = []): object {
  const token = { audience: AUDIENCE, expirationSeconds: 3600, path: "token" };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 60,
      template: {
        spec: {
          serviceAccountName: "runner",
          automountServiceAccountToken: false,
          restartPolicy: "Never",
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            runAsGroup: 65532,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "runner",
              image: "pulumi/pulumi:3.250.0",
              command: ["/bin/sh", "/bin/entrypoint.sh"],
              env: [{ name: "PULUMI_HOME", value: "/pulumi-home" }, ...env],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [
                { name: "token", mountPath: "/var/run/secrets/pulumi", readOnly: true },
                { name: "entrypoint", mountPath: "/bin/entrypoint.sh", subPath: "entrypoint.sh" },
                { name: "home", mountPath: "/pulumi-home" },
                { name: "tmp", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "token", projected: { sources: [{ serviceAccountToken: token }] } },
            { name: "entrypoint", configMap: { name: "entrypoint", defaultMode: 0o555 } },
            { name: "home", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
    },
  };
}

/** How a Job ended, its one pod, and what it printed. */
export interface JobOutcome {
  condition: { type: string; reason?: string };
  pod: PodView;
  log: string;
  /** Claims of the token the pod was given. */
  claims: Record<string, unknown>;
}

/** Creates a Job and waits for its end. */
export async function runJob(client: ApiClient, namespace: string, job: object): Promise<JobOutcome> {
  const { metadata } = await client.post<{ metadata: { name: string } }>(
    `/apis/batch/v1/namespaces/${namespace}/jobs`,
    job,
  );
  const condition = await eventually(async () => {
    const { status } = await client.get<{ status: { conditions?: { type: string; reason?: string }[] } }>(
      `/apis/batch/v1/namespaces/${namespace}/jobs/${metadata.name}`,
    );
    return status.conditions?.find(({ type }) => type === "Complete" || type === "Failed");
  });
  const query = { labelSelector: `job-name=${metadata.name}` };
  const pods = await client.get<{ items: PodView[] }>(`/api/v1/namespaces/${namespace}/pods`, { query });
  const pod = pods.items[0]!;
  const log = await client.text(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log`);
  const payload = /^eyJ\S+$/m.exec(log)?.[0] ?? "";
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString() || "{}") as Record<string, unknown>;
  return { condition, pod, log: log.replace(`${payload}\n`, ""), claims };
}
