import assert from "node:assert/strict";
import { checkPool } from "../../../lab/gcp/pool";
import { projectNumber } from "../../../lab/gcp/project-number";

const NUMBER = projectNumber("lab-project");
const principal = (kind: string, number: string, pool: string, rest: string) =>
  `${kind}://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${pool}/${rest}`;

describe("the lab's workload pools", () => {
  it("exist for projects with a GKE cluster", () => {
    for (const member of [
      "serviceAccount:lab-project.svc.id.goog[ns/sa]",
      principal("principal", NUMBER, "lab-project.svc.id.goog", "subject/ns/a/sa/b"),
      principal("principalSet", NUMBER, "lab-project.svc.id.goog", "namespace/a"),
    ]) {
      checkPool(member, ["other-project", "lab-project"]);
      assert.throws(() => checkPool(member, ["other-project"]), {
        code: "badRequest",
        message: /lab-project\.svc\.id\.goog\)/,
      });
      assert.throws(() => checkPool(member, []), { code: "badRequest" });
    }
  });

  it("are of the project with their number", () => {
    const member = principal("principal", "1", "lab-project.svc.id.goog", "subject/ns/a/sa/b");
    assert.throws(() => checkPool(member, ["lab-project"]), { code: "badRequest", message: /projects\/1\// });
  });

  it("are no matter of other members", () => {
    for (const member of [
      "allUsers",
      "serviceAccount:gke-gsa@lab-project.iam.gserviceaccount.com",
      principal("principalSet", "1", "github", "attribute.repository/o/r"),
    ]) {
      checkPool(member, []);
    }
  });
});
