import assert from "node:assert/strict";
import { checkWorkloadPool, gkeClusterOf, gkeIssuerUrl } from "../../../trust/issuers/gke";
import { podClaims } from "../../../trust/issuers/kubernetes";
import { checkIssuerUrl } from "../../../trust/issuers/url";
import { pulumiAudience } from "../../../trust/policy/audience";
import { refused } from "../../helpers/refused";

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";

describe("trust/issuers", () => {
  it("derives a GKE cluster's issuer, without a final slash", () => {
    const url = gkeIssuerUrl({ project: "acme-prod", location: "europe-west1-b", name: "prod-1" });
    assert.equal(
      url,
      "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1-b/clusters/prod-1",
    );
    checkIssuerUrl(url);
    checkIssuerUrl(gkeIssuerUrl({ project: "example.com:acme-prod", location: "me-central2", name: "n" }));
  });

  it("reads back what it derives, and no other issuer", () => {
    const cluster = { project: "example.com:acme-prod", location: "europe-west1-b", name: "prod-1" };
    const url = gkeIssuerUrl(cluster);
    assert.deepEqual(gkeClusterOf(url), cluster);
    for (const other of [
      `${url}/`,
      `${url}/x`,
      `x${url}`,
      url.replace("https", "http"),
      url.replace("prod-1", ""),
      url.replace(".googleapis.com", ".googleapis.com.example.com"),
      `https://${HOST}`,
      "",
    ]) {
      assert.equal(gkeClusterOf(other), undefined, other);
    }
  });

  it("takes regions and zones, and project ids but no numbers", () => {
    const cluster = { project: "acme-prod", location: "europe-west1", name: "prod" };
    // Regions and zones, Compute Engine documentation; the last are of an AI zone and of a partner's cloud.
    for (const location of ["northamerica-northeast2", "asia-southeast1-c", "us-south1-ai1b", "u-france-east1"]) {
      gkeIssuerUrl({ ...cluster, location });
    }
    for (const location of ["europe", "europe-west", "europe-west1-", "europe-west1-1", "europe_west1", "-west1"]) {
      refused(() => gkeIssuerUrl({ ...cluster, location }), "GKE_CLUSTER_INVALID", "cluster.location", location);
    }
    for (const project of ["acme1", "1acme-prod", "acme-prod-", "a".repeat(31), "123456789012", ":acme-prod"]) {
      refused(() => gkeIssuerUrl({ ...cluster, project }), "GKE_CLUSTER_INVALID", "cluster.project", project);
    }
    gkeIssuerUrl({ ...cluster, project: "a".repeat(30), name: `a${"1".repeat(39)}` });
    for (const name of ["1prod", "prod-", `a${"1".repeat(40)}`]) {
      refused(() => gkeIssuerUrl({ ...cluster, name }), "GKE_CLUSTER_INVALID", "cluster.name", name);
    }
  });

  it("refuses names that are missing", () => {
    const bad = { project: "acme-prod", location: "europe-west1" } as never;
    refused(() => gkeIssuerUrl(bad), "GKE_CLUSTER_INVALID", "cluster.name");
  });

  it("wants Workload Identity on, with the project's own pool", () => {
    const cluster = { project: "acme-prod", location: "europe-west1", name: "prod" };
    checkWorkloadPool(cluster, "acme-prod.svc.id.goog");
    const where = "cluster.workloadIdentityConfig.workloadPool";
    for (const pool of [undefined, ""]) {
      refused(() => checkWorkloadPool(cluster, pool), "WORKLOAD_IDENTITY_OFF", where, "--workload-pool=acme-prod.svc");
    }
    for (const pool of ["acme-dev.svc.id.goog", "acme-prod.svc.id.goog.example.com", "acme-prod"]) {
      refused(() => checkWorkloadPool(cluster, pool), "WORKLOAD_POOL_MISMATCH", where, pool);
    }
  });

  it("refuses what would lead into another path", () => {
    const cluster = { project: "acme-prod", location: "europe-west1", name: "prod" };
    for (const field of ["project", "location", "name"] as const) {
      for (const value of ["", "a/b", "../x", "a b", "a?b", "A"]) {
        refused(() => gkeIssuerUrl({ ...cluster, [field]: value }), "GKE_CLUSTER_INVALID", `cluster.${field}`);
      }
    }
  });

  it("writes a pod's claims as the API server does", () => {
    const pod = { issuerUrl: "https://i.example.com", namespace: "ns", serviceAccountName: "sa" };
    const claims = podClaims({ ...pod, audience: pulumiAudience("acme"), podName: "runner-1" });
    assert.deepEqual(claims, {
      iss: "https://i.example.com",
      sub: "system:serviceaccount:ns:sa",
      aud: ["urn:pulumi:org:acme"],
      "kubernetes.io": { namespace: "ns", serviceaccount: { name: "sa" }, pod: { name: "runner-1" } },
    });
    assert.deepEqual(podClaims({ ...pod, audience: pulumiAudience("acme") }), {
      ...claims,
      "kubernetes.io": { namespace: "ns", serviceaccount: { name: "sa" }, pod: { name: "pod" } },
    });
  });
});
