import assert from "node:assert/strict";
import type { Claims } from "../../../../../trust/claims/claims";
import * as evaluator from "../../../../../trust/parties/gcp/workload-identity/evaluate";
import { checkMemberIsOnly, proveWorkloadIdentity } from "../../../../../trust/parties/gcp/workload-identity/proof";
import { refused } from "../../../../helpers/refused";

const cluster = { project: "acme-prod", location: "europe-west1", name: "prod" };
const workload = { cluster, namespace: "pulumi", serviceAccountName: "deployer" };
const pod = {
  issuerUrl: "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod",
  namespace: "pulumi",
  serviceAccountName: "deployer",
  audience: "acme-prod.svc.id.goog",
};
const POOL = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/acme-prod.svc.id.goog";

describe("trust/parties/gcp/workload-identity/proof", () => {
  it("gives the member of a service account, and the principal without one", () => {
    assert.equal(proveWorkloadIdentity(workload), "serviceAccount:acme-prod.svc.id.goog[pulumi/deployer]");
    assert.equal(
      proveWorkloadIdentity({ ...workload, projectNumber: "1" }),
      `principal://${POOL}/subject/ns/pulumi/sa/deployer`,
    );
  });

  it("proves names that are special where they are compared", () => {
    for (const serviceAccountName of ["default-neighbour", "a", "x-2"]) {
      proveWorkloadIdentity({ ...workload, serviceAccountName, projectNumber: "1" });
    }
    proveWorkloadIdentity({ ...workload, cluster: { ...cluster, project: "example.com:acme-prod" } });
  });

  it("refuses a cluster or number that can't be", () => {
    const elsewhere = { ...cluster, project: "123456789012" };
    refused(() => proveWorkloadIdentity({ ...workload, cluster: elsewhere }), "GKE_CLUSTER_INVALID", "cluster.project");
    refused(() => proveWorkloadIdentity({ ...workload, projectNumber: "acme" }), "GOOGLE_PROJECT_NUMBER_INVALID");
  });

  it("refuses members that admit too much or too little", () => {
    checkMemberIsOnly("serviceAccount:acme-prod.svc.id.goog[pulumi/deployer]", pod, "acme-prod");
    for (const [member, verb] of [
      ["serviceAccount:acme-prod.svc.id.goog[pulumi/deployer2]", "refuse"],
      ["serviceAccount:acme-prod.svc.id.goog[pulumi-2/deployer]", "refuse"],
      ["serviceAccount:acme-dev.svc.id.goog[pulumi/deployer]", "refuse"],
      [`principalSet://${POOL}/namespace/pulumi`, "admit"],
      [`principalSet://${POOL}/kubernetes.cluster/${pod.issuerUrl}`, "admit"],
    ] as const) {
      refused(() => checkMemberIsOnly(member, pod, "acme-prod"), "TRUST_NOT_PROVEN", undefined, `would ${verb}`);
    }
  });

  describe("with an evaluator broken on purpose", () => {
    const { evaluateWorkloadIdentity } = evaluator;
    afterEach(() => Object.assign(evaluator, { evaluateWorkloadIdentity }));

    /** Callers look the function up in its module at each call. */
    const broken = (changed: (claims: Claims) => Claims) =>
      Object.assign(evaluator, {
        evaluateWorkloadIdentity: (member: string, claims: Claims) => evaluateWorkloadIdentity(member, changed(claims)),
      });

    it("proves nothing that it did not prove before", () => {
      broken((claims) => claims);
      proveWorkloadIdentity(workload);
    });

    const changes: [string, (claims: Claims) => Claims][] = [
      ["the audience", (claims) => ({ ...claims, aud: pod.audience })],
      ["the issuer", (claims) => ({ ...claims, iss: pod.issuerUrl })],
      [
        "the namespace",
        (claims) => ({ ...claims, sub: String(claims.sub).replace(/account:[^:]+/, "account:pulumi") }),
      ],
      ["the name", (claims) => ({ ...claims, sub: String(claims.sub).replace(/[^:]+$/, "deployer") })],
      ["who is allowed", (claims) => ({ ...claims, sub: "" })],
    ];
    for (const [what, changed] of changes) {
      it(`refuses where ${what} is ignored`, () => {
        broken(changed);
        for (const more of [{}, { projectNumber: "1" }]) {
          refused(() => proveWorkloadIdentity({ ...workload, ...more }), "TRUST_NOT_PROVEN");
        }
      });
    }
  });
});
