import assert from "node:assert/strict";
import {
  workloadIdentityMember,
  workloadIdentityPrincipal,
} from "../../../../../trust/parties/gcp/workload-identity/document";
import { refused } from "../../../../helpers/refused";

describe("trust/parties/gcp/workload-identity/document", () => {
  it("names the member that one ServiceAccount is", () => {
    assert.equal(
      workloadIdentityMember("acme-prod", "pulumi", "deployer"),
      "serviceAccount:acme-prod.svc.id.goog[pulumi/deployer]",
    );
  });

  it("names the principal that it is without a service account", () => {
    // IAM documentation, "Principal identifiers": all Pods that use a specific Kubernetes ServiceAccount.
    assert.equal(
      workloadIdentityPrincipal({ project: "acme-prod", projectNumber: "123456789012" }, "pulumi", "deployer"),
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/acme-prod.svc.id.goog/subject/ns/pulumi/sa/deployer",
    );
  });

  it("refuses a project's id as its number", () => {
    for (const projectNumber of ["", "acme-prod", "0123", "12 3", "-1", "1.5", "123\n"]) {
      refused(
        () => workloadIdentityPrincipal({ project: "acme-prod", projectNumber }, "pulumi", "deployer"),
        "GOOGLE_PROJECT_NUMBER_INVALID",
        "google.directPrincipal.projectNumber",
      );
    }
  });
});
