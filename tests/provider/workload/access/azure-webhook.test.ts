import assert from "node:assert/strict";
import { azureWorkloadIdentity } from "../../../../provider/workload/access/azure-workload-identity";
import type { PodParts } from "../../../../provider/workload/pod/parts";
import { pulumiToken } from "../../../../provider/workload/pod/subject-token";
import { podTemplate } from "../../../../provider/workload/pod/template";
import { proveRunnerTrust } from "../../../../trust/parties/pulumi/proof";
import { type AzureWebhookSettings, azureWebhook } from "../../../helpers/azure-webhook";
import type { WebhookPod } from "../../../helpers/eks-webhook";

const clientId = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const tenantId = "11111111-2222-4333-8444-555555555555";
const token = { tokenType: "organization" } as const;
const USE = { "azure.workload.identity/use": "true" };
const VERSIONS = ["1.5", "1.6"] as const;
const settings = (version: AzureWebhookSettings["version"]) => ({ clientId, tenantId, version });

/** A runner's pod as the API server shows it to webhooks. */
function pod(labels: Record<string, string>, identity?: PodParts): WebhookPod {
  const trust = proveRunnerTrust({
    ...{ organization: "acme", issuerUrl: "https://oidc.prod-aks.azure.com/ID/", token },
    ...{ namespace: "pulumi", serviceAccountName: "deployer" },
  });
  return podTemplate({
    ...{ organization: "acme", trust, token, expirationSeconds: 7200, apiUrl: "https://api.pulumi.com" },
    ...{ hasScript: false, subjectToken: pulumiToken("acme"), configMapNames: ["deployer-0123456789"] },
    ...{ labels, annotations: {}, identity },
  }) as unknown as WebhookPod;
}

const OURS = azureWorkloadIdentity({ clientId, tenantId });

/** What the Azure SDKs find in a pod: their variables, and the token in the file that one of them names. */
function found({ spec }: WebhookPod) {
  const { env = [], volumeMounts = [] } = spec.containers[0] ?? {};
  const variables = Object.fromEntries(
    env.filter(({ name }) => name.startsWith("AZURE_")).map(({ name, value = "" }) => [name, value]),
  );
  const file = variables.AZURE_FEDERATED_TOKEN_FILE ?? "";
  const mounts = volumeMounts.filter(({ mountPath }) => file.startsWith(`${mountPath}/`));
  return { variables, volumes: mounts.map((mount) => spec.volumes?.find(({ name }) => name === mount.name)) };
}

describe("a runner's pod under Azure's webhook", () => {
  it("is not seen by it", () => {
    for (const version of VERSIONS) {
      assert.deepEqual(azureWebhook(pod({}, OURS), settings(version)), pod({}, OURS));
    }
  });

  it("is left as it is where the user adds the webhook's label, up to 1.5", () => {
    assert.deepEqual(azureWebhook(pod(USE, OURS), settings("1.5")), pod(USE, OURS));
  });

  it("keeps its token and variables where the user adds the label, whatever the ServiceAccount says", () => {
    for (const version of VERSIONS) {
      for (const other of [settings(version), { ...settings(version), clientId: tenantId }]) {
        assert.deepEqual(found(azureWebhook(pod(USE, OURS), other)), found(pod(USE, OURS)), version);
      }
    }
  });

  it("has no mount path twice, which the API server would refuse", () => {
    for (const version of VERSIONS) {
      const [{ volumeMounts = [] } = {}] = azureWebhook(pod(USE, OURS), settings(version)).spec.containers;
      const paths = volumeMounts.map(({ mountPath }) => mountPath);
      assert.equal(new Set(paths).size, paths.length);
    }
  });

  it("has what the webhook would give a bare pod, where 1.5 would put it", () => {
    assert.deepEqual(found(pod({}, OURS)), found(azureWebhook(pod(USE), settings("1.5"))));
    const [newer, older] = [found(azureWebhook(pod(USE), settings("1.6"))), found(pod({}, OURS))];
    const { AZURE_FEDERATED_TOKEN_FILE: _, ...variables } = older.variables;
    const { AZURE_FEDERATED_TOKEN_FILE: __, ...others } = newer.variables;
    assert.deepEqual(others, variables);
    assert.equal(newer.volumes.length, 1);
  });

  it("would be changed if it had no variables, or no volume", () => {
    const lacking = [
      { ...OURS, env: {} },
      { ...OURS, volumes: [], mounts: [] },
    ];
    for (const parts of lacking) {
      assert.notDeepEqual(azureWebhook(pod(USE, parts), settings("1.5")), pod(USE, parts));
    }
  });
});
