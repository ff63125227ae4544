import assert from "node:assert/strict";
import { checkGkeNames, checkProjectId, gkeClusterOf, gkeIssuerUrl } from "../../../trust/issuers/gke";
import { refused } from "../../helpers/refused";

const CLUSTER = { project: "acme-prod", location: "europe-west1", name: "prod" };
const ISSUER = "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod";

describe("trust/issuers/gke", () => {
  it("knows the issuer of a cluster, and the cluster of an issuer", () => {
    assert.equal(gkeIssuerUrl(CLUSTER), ISSUER);
    assert.deepEqual(gkeClusterOf(ISSUER), CLUSTER);
  });

  it("knows no cluster of what only resembles an issuer of GKE", () => {
    for (const issuer of [
      `${ISSUER}/`,
      `${ISSUER}/nodes/1`,
      ISSUER.replace("/clusters/prod", ""),
      ISSUER.replace("acme-prod", ""),
      ISSUER.replace("europe-west1", ""),
      ISSUER.replace(/prod$/, ""),
      ISSUER.replace("https", "http"),
      ISSUER.replace("container.", "containerXgoogleapis."),
      `https://example.com/?${ISSUER}`,
      "",
    ]) {
      assert.equal(gkeClusterOf(issuer), undefined, issuer);
    }
  });

  it("refuses names that are missing, naming which", () => {
    for (const field of ["project", "location", "name"] as const) {
      const without = { ...CLUSTER, [field]: undefined } as unknown as typeof CLUSTER;
      refused(() => gkeIssuerUrl(without), "GKE_CLUSTER_INVALID", `cluster.${field}`, '"" is not');
      // What is not known yet is looked at later.
      checkGkeNames(without);
      refused(() => checkGkeNames({ ...CLUSTER, [field]: "a/b" }), "GKE_CLUSTER_INVALID", `cluster.${field}`);
    }
  });

  it("tells a project's id from its number and its name for people", () => {
    for (const id of ["acme-prod", "example.com:acme-prod"]) {
      checkProjectId(id, "google.project");
    }
    for (const other of ["123456789012", "Acme Production", "acme_prod", "-acme", ""]) {
      refused(() => checkProjectId(other, "google.project"), "GOOGLE_PROJECT_INVALID", "google.project", `"${other}"`);
    }
  });
});
