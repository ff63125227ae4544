import type { Properties } from "../../../plugin/server";
import { type Identity, identityId, LAB_SUBSCRIPTION_ID, LAB_TENANT_ID } from "../../azure";
import type { CloudFunction } from "../cloud";
import type { ClusterFacts } from "../cluster-facts";
import type { LabClient } from "../lab-client";
import { outputs as identityOutputs, identityPath } from "./identity";

/** Functions of the `azure-native` provider. */
export function azureNativeFunctions(
  lab: LabClient,
  caller: Properties,
  location: () => string,
): Record<string, CloudFunction> {
  return {
    "azure-native:authorization:getClientConfig": async () => ({
      ...caller,
      subscriptionId: LAB_SUBSCRIPTION_ID,
      tenantId: LAB_TENANT_ID,
    }),
    "azure-native:containerservice:getManagedCluster": async ({ resourceGroupName, resourceName }) => {
      const [group, name] = [String(resourceGroupName), String(resourceName)];
      const path = `/azure/resource-groups/${encodeURIComponent(group)}/clusters/${encodeURIComponent(name)}`;
      const cluster = await lab.call<ClusterFacts>("GET", path);
      return {
        azureApiVersion: "2025-09-01",
        fqdn: new URL(cluster.endpoint).host,
        id: `/subscriptions/${LAB_SUBSCRIPTION_ID}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${cluster.name}`,
        location: location(),
        name: cluster.name,
        oidcIssuerProfile: { enabled: true, issuerURL: cluster.issuer },
        provisioningState: "Succeeded",
        type: "Microsoft.ContainerService/ManagedClusters",
      };
    },
    "azure-native:managedidentity:getUserAssignedIdentity": async ({ resourceGroupName, resourceName }) => {
      const id = identityId(String(resourceGroupName), String(resourceName));
      return { ...identityOutputs(await lab.call<Identity>("GET", identityPath(id))), id };
    },
  };
}
