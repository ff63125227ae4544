import { createHash } from "node:crypto";
import type { WebhookPod } from "./eks-webhook";

/** What the webhook knows of the pod's ServiceAccount and of its cluster. */
export interface AzureWebhookSettings {
  /** Annotation `azure.workload.identity/client-id` of the ServiceAccount. */
  clientId?: string;
  /** Its annotation `azure.workload.identity/tenant-id`, else the cluster's tenant. */
  tenantId: string;
  /** Which of its generations: `1.5` has one fixed volume, `1.6` one named after the pod. */
  version: "1.5" | "1.6";
}

const TOKEN = "azure-identity-token";

/**
 * What Azure's webhook makes of a pod, written after Azure/azure-workload-identity, pkg/webhook/webhook.go at v1.5.1 (30e0f1b) and at
 * v1.6.0 (04d01a2): it is asked only for pods with its label, sets variables that are missing, and adds a projected token.
 */
export function azureWebhook(pod: WebhookPod, { clientId, tenantId, version }: AzureWebhookSettings): WebhookPod {
  if (pod.metadata.labels?.["azure.workload.identity/use"] !== "true") {
    return pod;
  }
  const own = `azure-workload-identity-reserved-${createHash("sha256").update("").digest("hex").slice(0, 30)}`;
  const [name, mountPath, path] =
    version === "1.5"
      ? [TOKEN, "/var/run/secrets/azure/tokens", TOKEN]
      : [own, "/var/run/secrets/azure/wi", `token/${TOKEN}`];
  const wanted: Record<string, string | undefined> = {
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: tenantId,
    AZURE_FEDERATED_TOKEN_FILE: `${mountPath}/${path}`,
    AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
  };
  const mutated = structuredClone(pod);
  for (const container of [...mutated.spec.containers, ...(mutated.spec.initContainers ?? [])]) {
    const { env = [], volumeMounts = [] } = container;
    const missing = Object.entries(wanted).filter(
      ([variable, value]) => value !== undefined && !env.some((entry) => entry.name === variable),
    );
    container.env = [...env, ...missing.map(([variable, value]) => ({ name: variable, value }))];
    if (!volumeMounts.some((mount) => mount.name === name)) {
      container.volumeMounts = [...volumeMounts, { name, mountPath, readOnly: true }];
    }
  }
  const { volumes = [] } = mutated.spec;
  const has =
    version === "1.5"
      ? volumes.some((volume) => tokenPaths(volume).includes(TOKEN))
      : volumes.some((v) => v.name === own);
  if (!has) {
    const serviceAccountToken = { path, expirationSeconds: 3600, audience: "api://AzureADTokenExchange" };
    mutated.spec.volumes = [...volumes, { name, projected: { sources: [{ serviceAccountToken }] } }];
  }
  return mutated;
}

function tokenPaths(volume: Record<string, unknown>): (string | undefined)[] {
  const { sources = [] } = (volume.projected ?? {}) as { sources?: { serviceAccountToken?: { path: string } }[] };
  return sources.map(({ serviceAccountToken }) => serviceAccountToken?.path);
}
