import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AksOidcRunner } from "../../../provider/components/aks/aks-oidc-runner";
import { EksOidcRunner } from "../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../provider/components/gke/gke-oidc-runner";
import { OidcTrustSetup } from "../../../provider/components/trust/oidc-trust-setup";
import { runProgram } from "../../helpers/pulumi-mocks";
import { assertUserError } from "../../helpers/refused";
import { API, cloud, cloudCall } from "./cloud";
import { listed } from "./pick";

const RUNNER = { organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API };
const WORDS = "1 error occurred:\n\t* reading EKS Cluster (prod): couldn't find resource\n\n";

/** As clouds answer for a cluster that is not there. */
const lost = (program: () => unknown, preview: boolean) =>
  runProgram(() => void program(), {
    ...cloud,
    preview,
    call: (call) => {
      // As an error of gRPC.
      if (/cluster/i.test(call.token))
        throw Object.assign(new Error(), { details: `invoking ${call.token}: ${WORDS}` });
      return cloudCall(call);
    },
  });

const PROGRAMS: [string, () => unknown, string, string][] = [
  [
    "EksOidcRunner",
    () => new EksOidcRunner("deployer", { ...RUNNER, cluster: { name: "prod" } }),
    "cluster.name",
    "the EKS",
  ],
  [
    "EksOidcRunner with EKS Pod Identity",
    () => new EksOidcRunner("deployer", { ...RUNNER, cluster: { name: "prod" }, aws: { podIdentity: { role: {} } } }),
    "cluster.name",
    "the EKS",
  ],
  [
    "EksOidcRunner with a role",
    () => new EksOidcRunner("deployer", { ...RUNNER, cluster: { name: pulumi.output("prod") }, aws: { role: {} } }),
    "cluster.name",
    "the EKS",
  ],
  [
    "AksOidcRunner",
    () => new AksOidcRunner("deployer", { ...RUNNER, cluster: { name: "prod", resourceGroupName: "prod" } }),
    "cluster.name",
    "the AKS",
  ],
  [
    "GkeOidcRunner",
    () =>
      new GkeOidcRunner("deployer", {
        ...RUNNER,
        cluster: { project: "acme-prod", location: "europe-west1", name: "prod", lookUp: true },
        gcp: { serviceAccount: {} },
      }),
    "cluster",
    "the GKE",
  ],
  [
    "OidcTrustSetup",
    () => new OidcTrustSetup("prod", { organization: "acme", apiUrl: API, eks: { name: "prod" } }),
    "cluster.name",
    "the EKS",
  ],
];

describe("a cluster that is not found", () => {
  for (const [name, program, where, words] of PROGRAMS) {
    for (const preview of [true, false]) {
      it(`is told once by ${name}, without a stack trace, and nothing is made (${preview ? "preview" : "update"})`, async () => {
        const { errors, ...run } = await lost(program, preview);
        assert.equal(errors.length, 1, errors.map(String).join("\n"));
        assertUserError(errors[0], "CLUSTER_LOOK_UP_FAILED", where);
        assert.match(
          errors[0].message,
          new RegExp(`^CLUSTER_LOOK_UP_FAILED: ${words} cluster can't be looked up: .*couldn't find resource`),
        );
        assert.deepEqual(
          listed(run as never).filter(
            (line) => !/^(EksOidcRunner|AksOidcRunner|GkeOidcRunner|OidcTrustSetup) /.test(line),
          ),
          [],
        );
      });
    }
  }
});
