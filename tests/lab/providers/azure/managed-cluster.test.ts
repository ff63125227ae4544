import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Iam } from "../../../../lab/aws/iam";
import { PodIdentityAssociations } from "../../../../lab/aws/pod-identity/associations";
import { LAB_RESOURCE_GROUP, LAB_TENANT_ID } from "../../../../lab/azure";
import { Directory } from "../../../../lab/azure/directory";
import { GcpIam } from "../../../../lab/gcp/iam";
import { clusterOfShape } from "../../../../lab/issuer-shapes";
import { azureNativeProvider } from "../../../../lab/providers/azure/provider";
import { resourceRoutes } from "../../../../lab/providers/resource-routes";
import { aksTenant } from "../../../../trust/issuers";
import { routeClient } from "../route-client";

describe("AKS-shaped clusters in the lab", () => {
  const directory = mkdtempSync(join(tmpdir(), "lab-"));
  after(() => rmSync(directory, { recursive: true }));
  const kubeconfig = join(directory, "kubeconfig");
  const cluster = { server: "https://127.0.0.1:6443", "certificate-authority-data": "Y2E=" };
  const names = { contexts: [{ name: "c", context: { cluster: "c" } }], "current-context": "c" };
  writeFileSync(kubeconfig, JSON.stringify({ clusters: [{ name: "c", cluster }], users: [], ...names }));
  const { issuer = "" } = clusterOfShape("aks", "prod");
  const clusters = [
    { name: "prod", server: cluster.server, issuer, kubeconfig },
    { name: "other", server: cluster.server, issuer: clusterOfShape("gke", "other").issuer ?? "", kubeconfig },
  ];
  const iam = new Iam();
  const app = resourceRoutes({
    ...{ iam, gcp: new GcpIam(), azure: new Directory(Date.now), clusters: () => clusters },
    associations: new PodIdentityAssociations({ roles: iam.roles, regionOf: () => undefined }),
  });
  const find = (resourceName: string, resourceGroupName = LAB_RESOURCE_GROUP) =>
    azureNativeProvider(routeClient(app)).invoke("azure-native:containerservice:getManagedCluster", {
      resourceName,
      resourceGroupName,
    });

  it("have an issuer of AKS's form, with the lab's tenant and a final slash", () => {
    assert.equal(aksTenant(issuer), LAB_TENANT_ID);
    assert.match(issuer, /[^/]\/$/);
    assert.notEqual(clusterOfShape("aks", "prod").issuer, issuer);
  });

  it("are found by name and resource group, in any case", async () => {
    for (const found of [await find("prod"), await find("PROD", LAB_RESOURCE_GROUP.toUpperCase())]) {
      assert.deepEqual(found.oidcIssuerProfile, { enabled: true, issuerURL: issuer });
      assert.equal(found.name, "prod");
    }
  });

  it("are found by no other name and in no other group, nor are clusters of others", async () => {
    for (const [name, group] of [["prod2"], ["other"], ["prod", "others"]] as [string, string?][]) {
      await assert.rejects(
        find(name, group),
        /ResourceNotFound: The Resource 'Microsoft.ContainerService\/managedClusters/,
      );
    }
  });
});
