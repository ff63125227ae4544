import assert from "node:assert/strict";
import { checkPool } from "../../../lab/gcp/pool";
import { projectNumber } from "../../../lab/gcp/project-number";
import { type PoolProviderSettings, WorkloadIdentityPools } from "../../../lab/gcp/workload-identity-pools";

const NUMBER = projectNumber("lab-project");
const principal = (kind: string, number: string, pool: string, rest: string) =>
  `${kind}://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${pool}/${rest}`;

const none = new WorkloadIdentityPools();

describe("the lab's workload pools", () => {
  it("exist for projects with a GKE cluster", () => {
    for (const member of [
      "serviceAccount:lab-project.svc.id.goog[ns/sa]",
      principal("principal", NUMBER, "lab-project.svc.id.goog", "subject/ns/a/sa/b"),
      principal("principalSet", NUMBER, "lab-project.svc.id.goog", "namespace/a"),
    ]) {
      checkPool(member, ["other-project", "lab-project"], none);
      assert.throws(() => checkPool(member, ["other-project"], none), {
        code: "badRequest",
        message: /lab-project\.svc\.id\.goog\)/,
      });
      assert.throws(() => checkPool(member, [], none), { code: "badRequest" });
    }
  });

  it("are of the project with their number", () => {
    const member = principal("principal", "1", "lab-project.svc.id.goog", "subject/ns/a/sa/b");
    assert.throws(() => checkPool(member, ["lab-project"], none), { code: "badRequest", message: /projects\/1\// });
  });

  it("are no matter of other members", () => {
    for (const member of [
      "allUsers",
      "serviceAccount:gke-gsa@lab-project.iam.gserviceaccount.com",
      principal("principalSet", "1", "github", "attribute.repository/o/r"),
    ]) {
      checkPool(member, [], none);
    }
  });

  it("of users exist when they were made, in projects whose pools are known", () => {
    const pools = new WorkloadIdentityPools();
    const settings = { displayName: "", description: "", disabled: false };
    const member = (pool: string, number = NUMBER) => principal("principal", number, pool, "subject/a/b");
    checkPool(member("pulumi"), [], pools);
    pools.createPool({ project: "lab-project", poolId: "pulumi", ...settings });
    checkPool(member("pulumi"), [], pools);
    checkPool(member("other", "1"), [], pools);
    for (const pool of ["other", "pulumi-2"]) {
      assert.throws(() => checkPool(member(pool), [], pools), { code: "badRequest", message: /does not exist/ });
    }
    pools.deletePool("lab-project", "pulumi");
    assert.throws(() => checkPool(member("pulumi"), [], pools), { code: "badRequest" });
    // Its id is taken for 30 days.
    const again = () => pools.createPool({ project: "lab-project", poolId: "pulumi", ...settings });
    assert.throws(again, { code: "alreadyExists" });
  });

  it("of users take what Google takes", () => {
    const pools = new WorkloadIdentityPools();
    const settings = { displayName: "", description: "", disabled: false };
    const provider = {
      ...{ project: "lab-project", poolId: "pool", providerId: "deployments", ...settings },
      attributeMapping: { "google.subject": "assertion.sub" },
      attributeCondition: "true",
      oidc: { issuerUri: "https://i", allowedAudiences: ["a"], jwksJson: "" },
    };
    assert.throws(() => pools.createProvider(provider), { code: "notFound" });
    for (const poolId of ["abc", "a".repeat(33), "gcp-pool", "Pool"]) {
      const make = () => pools.createPool({ project: "lab-project", poolId, ...settings });
      assert.throws(make, { code: "badRequest" }, poolId);
    }
    pools.createPool({ project: "lab-project", poolId: "pool", ...settings });
    for (const wrong of [
      { oidc: { ...provider.oidc, issuerUri: "http://i" } },
      { oidc: { ...provider.oidc, allowedAudiences: ["a".repeat(257)] } },
      { attributeMapping: { "attribute.a": "assertion.sub" } },
      { attributeMapping: { ...provider.attributeMapping, "attribute.A": "assertion.sub" } },
      { attributeCondition: "a".repeat(4097) },
      { displayName: "a".repeat(33) },
    ] as Partial<PoolProviderSettings>[]) {
      assert.throws(() => pools.createProvider({ ...provider, ...wrong }), { code: "badRequest" });
    }
    const { name } = pools.createProvider(provider);
    assert.equal(name, `projects/${NUMBER}/locations/global/workloadIdentityPools/pool/providers/deployments`);
    assert.throws(() => pools.createProvider(provider), { code: "alreadyExists" });
    pools.deletePool("lab-project", "pool");
    assert.throws(() => pools.getProvider("lab-project", "pool", "deployments"), { code: "notFound" });
  });
});
