import assert from "node:assert/strict";
import { evaluateWorkloadIdentity } from "../../../../../trust/parties/gcp/workload-identity/evaluate";
import { refused } from "../../../../helpers/refused";

const PROJECT = "https://container.googleapis.com/v1/projects/acme-prod";
const CLUSTER = `${PROJECT}/locations/europe-west1/clusters/prod`;
const POOL = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/acme-prod.svc.id.goog";
const CLAIMS = {
  iss: CLUSTER,
  sub: "system:serviceaccount:pulumi:deployer",
  aud: ["acme-prod.svc.id.goog"],
  "kubernetes.io": { namespace: "pulumi", serviceaccount: { name: "deployer", uid: "0b2c-17" } },
};

/** The members, each with the source that gives its form. */
const MEMBERS = {
  // GKE, "Authenticate to Google Cloud APIs from GKE workloads": link a Kubernetes ServiceAccount to IAM.
  account: "serviceAccount:acme-prod.svc.id.goog[pulumi/deployer]",
  // IAM, "Principal identifiers": all Pods that use a specific Kubernetes ServiceAccount.
  principal: `principal://${POOL}/subject/ns/pulumi/sa/deployer`,
  // The same, by its UID.
  uid: `principal://${POOL}/kubernetes.serviceaccount.uid/0b2c-17`,
  // The same page: all Pods in a namespace, regardless of the ServiceAccount or cluster.
  namespace: `principalSet://${POOL}/namespace/pulumi`,
  // The same page: all Pods in a specific cluster.
  cluster: `principalSet://${POOL}/kubernetes.cluster/${CLUSTER}`,
};
type Kind = keyof typeof MEMBERS;
const ALL = Object.keys(MEMBERS) as Kind[];

/** Tokens, and the members they are. */
const TOKENS: [what: string, changes: Record<string, unknown>, admitted: Kind[]][] = [
  ["the ServiceAccount's", {}, ALL],
  ["with more audiences", { aud: ["other", "acme-prod.svc.id.goog"] }, ALL],
  ["with its audience as a text", { aud: "acme-prod.svc.id.goog" }, ALL],
  // GKE, "About Workload Identity Federation for GKE", identity sameness: IAM can't tell clusters of a project apart.
  [
    "the same of another cluster of the project",
    { iss: CLUSTER.replace(/prod$/, "dev"), "kubernetes.io": {} },
    ["account", "principal", "namespace"],
  ],
  ["a zonal cluster's", { iss: CLUSTER.replace("west1", "west1-b") }, ["account", "principal", "uid", "namespace"]],
  ["a neighbour's", { sub: "system:serviceaccount:pulumi:deployer2", "kubernetes.io": {} }, ["namespace", "cluster"]],
  ["a prefix", { sub: "system:serviceaccount:pulumi:deploye", "kubernetes.io": {} }, ["namespace", "cluster"]],
  ["another namespace's", { sub: "system:serviceaccount:pulumi-2:deployer", "kubernetes.io": {} }, ["cluster"]],
  [
    "one recreated",
    { "kubernetes.io": { serviceaccount: { uid: "ffff-00" } } },
    ["account", "principal", "namespace", "cluster"],
  ],
  ["another project's", { iss: CLUSTER.replace("acme-prod", "acme-dev"), aud: ["acme-dev.svc.id.goog"] }, []],
  ["another project's for our pool", { iss: CLUSTER.replace("acme-prod", "acme-dev") }, []],
  ["for Pulumi Cloud", { aud: ["urn:pulumi:org:acme"] }, []],
  ["for the API server", { aud: ["https://kubernetes.default.svc"] }, []],
  ["without audience", { aud: undefined }, []],
  ["of no GKE cluster", { iss: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC" }, []],
  ["of an issuer with a final slash", { iss: `${CLUSTER}/` }, []],
  ["without issuer", { iss: undefined }, []],
  ["of a node", { sub: "system:node:gke-1" }, []],
  ["without subject", { sub: undefined }, []],
];

describe("trust/parties/gcp/workload-identity/evaluate", () => {
  for (const [what, changes, admitted] of TOKENS) {
    it(`a token ${what}`, () => {
      const claims = { ...CLAIMS, ...changes };
      for (const [kind, member] of Object.entries(MEMBERS)) {
        const { decision, reasons } = evaluateWorkloadIdentity(member, claims);
        assert.equal(decision, admitted.includes(kind as Kind) ? "allow" : "deny", `${kind}: ${reasons.join()}`);
        assert.ok(reasons.length > 0 && reasons.every((reason) => !reason.includes("\n")));
      }
    });
  }

  it("says what was expected and got", () => {
    const reason = (changes: object) => evaluateWorkloadIdentity(MEMBERS.account, { ...CLAIMS, ...changes }).reasons;
    assert.deepEqual(reason({ sub: "system:serviceaccount:a:b" }), ["expected pulumi/deployer, got a/b"]);
    assert.deepEqual(reason({ aud: ["x"] }), ["audience expected acme-prod.svc.id.goog, got x"]);
    assert.match(reason({ iss: CLUSTER.replace("acme-prod", "x"), aud: "x.svc.id.goog" }).join(), /pool is x\.svc/);
  });

  it("refuses members that stand for no pods of GKE", () => {
    for (const member of [
      "",
      "allUsers",
      "serviceAccount:runner@acme-prod.iam.gserviceaccount.com",
      "serviceAccount:acme-prod.svc.id.goog[pulumi]",
      "serviceAccount:acme-prod.svc.id.goog[pulumi/deployer/x]",
      "serviceAccount:acme-prod.svc.id.goog[pulumi/deployer] ",
      "xserviceAccount:acme-prod.svc.id.goog[pulumi/deployer]",
      `principal://${POOL.replace(".svc.id.goog", "")}/subject/ns/pulumi/sa/deployer`,
      `principal://${POOL.replace("123456789012", "acme-prod")}/subject/ns/pulumi/sa/deployer`,
      `principal://${POOL}/subject/system:serviceaccount:pulumi:deployer`,
      `principalSet://${POOL}/subject/ns/pulumi/sa/deployer`,
      `principal://${POOL}/namespace/pulumi`,
      `principalSet://${POOL}/*`,
    ]) {
      refused(() => evaluateWorkloadIdentity(member, CLAIMS), "GCP_MEMBER_INVALID", "members", `"${member}"`);
    }
  });

  it("says what it is about a token that refuses it, in words", () => {
    const reason = (changes: Record<string, unknown>) =>
      evaluateWorkloadIdentity(MEMBERS.account, { ...CLAIMS, ...changes }).reasons;
    const table: [changes: Record<string, unknown>, expected: string][] = [
      [{}, `${MEMBERS.account} is who the pod is`],
      [{ iss: "https://issuer.example.com" }, "the issuer is not a GKE cluster: https://issuer.example.com"],
      [{ iss: undefined }, "the issuer is not a GKE cluster: no iss"],
      [{ sub: "system:node:gke-1" }, "the subject is not a ServiceAccount: system:node:gke-1"],
      [{ sub: undefined }, "the subject is not a ServiceAccount: no sub"],
      // Not one of its parts more, and nothing around it.
      [{ sub: `${CLAIMS.sub}:x` }, `the subject is not a ServiceAccount: ${CLAIMS.sub}:x`],
      [{ sub: `x${CLAIMS.sub}` }, `the subject is not a ServiceAccount: x${CLAIMS.sub}`],
      [{ aud: ["one", "two"] }, "audience expected acme-prod.svc.id.goog, got one, two"],
      [{ aud: undefined }, "audience expected acme-prod.svc.id.goog, got no aud"],
      [{ sub: "system:serviceaccount:pulumi:other" }, "expected pulumi/deployer, got pulumi/other"],
      [
        { iss: CLUSTER.replace("acme-prod", "acme-dev"), aud: ["acme-dev.svc.id.goog"] },
        "the cluster's pool is acme-dev.svc.id.goog, the member's is acme-prod.svc.id.goog",
      ],
    ];
    for (const [changes, expected] of table) {
      assert.deepEqual(reason(changes), [expected]);
    }
  });
});
