import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner } from "../../../provider/components/eks-oidc-runner";
import { GkeOidcRunner } from "../../../provider/components/gke-oidc-runner";
import { KubernetesOidcRunner } from "../../../provider/components/kubernetes-oidc-runner";
import { runProgram } from "../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "./cloud";

const common = { organization: "acme", tokenType: "organization", namespace: "pulumi", apiUrl: API } as const;

/** The issuers a program registers, and the issuer each runner's policy is on. */
async function trustsOf(program: () => void) {
  const run = await runProgram(program, cloud);
  assert.deepEqual(run.errors, []);
  const kind = (name: string) => run.resources.filter(({ type }) => type.endsWith(`:${name}`));
  const policies = kind("OidcPolicy").map(({ name, inputs }) => [name, inputs.issuerId]);
  return { issuers: kind("OidcIssuer").map(({ name }) => name), policies };
}

function kubernetes(
  name: string,
  args: { organization?: pulumi.Input<string>; issuerUrl?: pulumi.Input<string> } = {},
) {
  const { issuerUrl = ISSUER, ...rest } = args;
  return new KubernetesOidcRunner(name, { ...common, cluster: { issuerUrl }, ...rest });
}

describe("the trust shared by the runners of a program", () => {
  it("is one for two runners with the same issuer, whichever came first", async () => {
    const both = await trustsOf(() => {
      kubernetes("one");
      kubernetes("two");
    });
    assert.equal(both.issuers.length, 1);
    assert.deepEqual(both.policies, [
      ["one", `issuer-of-${both.issuers[0]}`],
      ["two", `issuer-of-${both.issuers[0]}`],
    ]);
    const later = await trustsOf(() => void kubernetes("two"));
    assert.deepEqual(later.issuers, both.issuers);
  });

  it("is one for runners of different kinds with the same issuer", async () => {
    const { issuers } = await trustsOf(() => {
      kubernetes("one");
      new EksOidcRunner("two", { ...common, cluster: { issuerUrl: ISSUER } });
    });
    assert.equal(issuers.length, 1);
  });

  it("is two for two issuers", async () => {
    const { issuers } = await trustsOf(() => {
      kubernetes("one");
      kubernetes("two", { issuerUrl: `${ISSUER}D` });
    });
    assert.equal(issuers.length, 2);
  });

  it("is two for two organizations, known or not", async () => {
    const named = await trustsOf(() => {
      kubernetes("one");
      kubernetes("two", { organization: "other" });
    });
    assert.equal(named.issuers.length, 2);
    const unknown = await trustsOf(() => {
      kubernetes("one", { organization: pulumi.output("acme") });
      kubernetes("two", { organization: pulumi.output("other") });
    });
    assert.equal(unknown.issuers.length, 2);
  });

  it("is one for the same Output, and two for two Outputs", async () => {
    const issuerUrl = pulumi.output(ISSUER);
    const same = await trustsOf(() => {
      kubernetes("one", { issuerUrl });
      kubernetes("two", { issuerUrl });
    });
    assert.deepEqual(same.issuers, ["oidc-trust-one"]);
    const two = await trustsOf(() => {
      kubernetes("one", { issuerUrl });
      kubernetes("two", { issuerUrl: pulumi.output(`${ISSUER}D`) });
    });
    assert.deepEqual(two.issuers, ["oidc-trust-one", "oidc-trust-two"]);
  });

  it("is one for a GKE cluster whose name is an Output, and two for two such clusters", async () => {
    const cluster = { project: "acme-prod", location: "europe-west1", name: pulumi.output("prod") };
    const same = await trustsOf(() => {
      new GkeOidcRunner("one", { ...common, cluster });
      new GkeOidcRunner("two", { ...common, cluster: { ...cluster } });
    });
    assert.deepEqual(same.issuers, ["oidc-trust-one"]);
    const two = await trustsOf(() => {
      new GkeOidcRunner("one", { ...common, cluster });
      new GkeOidcRunner("two", { ...common, cluster: { ...cluster, location: "us-east1" } });
    });
    assert.deepEqual(two.issuers, ["oidc-trust-one", "oidc-trust-two"]);
  });

  it("is one for an EKS cluster of a name, and two when the name is looked up in two regions", async () => {
    const cluster = { name: "prod" };
    const same = await trustsOf(() => {
      new EksOidcRunner("one", { ...common, cluster });
      new EksOidcRunner("two", { ...common, cluster });
    });
    assert.equal(same.issuers.length, 1);
    const two = await trustsOf(() => {
      const provider = new aws.Provider("elsewhere", { region: "us-east-1" });
      new EksOidcRunner("one", { ...common, cluster });
      new EksOidcRunner("two", { ...common, cluster }, { providers: [provider] });
    });
    assert.equal(two.issuers.length, 2);
  });

  it("is made anew in the next run of one process", async () => {
    const first = await trustsOf(() => void kubernetes("one"));
    assert.deepEqual(await trustsOf(() => void kubernetes("one")), first);
    assert.equal(first.issuers.length, 1);
  });
});
