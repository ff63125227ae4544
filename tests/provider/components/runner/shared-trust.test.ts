import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner } from "../../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../../provider/components/gke/gke-oidc-runner";
import { KubernetesOidcRunner } from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { assertUserError } from "../../../helpers/refused";
import { API, cloud, ISSUER } from "../cloud";

/** Stands for a certificate: nothing reads it here. */
const PEM = "A";

const common = { organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API } as const;

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

  describe("whose keys are given", () => {
    const jwks = (kid: string) => ({ keys: [{ kty: "EC", kid, crv: "P-256", x: "x", y: "y" }] });
    const issuerUrl = "https://plant-7.clusters.example.com";
    const runner = (name: string, cluster: object) =>
      new KubernetesOidcRunner(name, { ...common, cluster: { issuerUrl, ...cluster } });

    it("has them when every runner gives the same, or the first alone does", async () => {
      for (const second of [{ jwks: jwks("one") }, {}]) {
        const { issuers } = await trustsOf(() => {
          runner("one", { jwks: jwks("one") });
          runner("two", second);
        });
        assert.equal(issuers.length, 1);
      }
      const late = pulumi.output(jwks("one"));
      const { issuers } = await trustsOf(() => {
        runner("one", { jwks: late });
        runner("two", { jwks: late });
      });
      assert.equal(issuers.length, 1);
    });

    const others: [what: string, first: object, second: object][] = [
      ["another set", { jwks: jwks("one") }, { jwks: jwks("two") }],
      ["a set that the first does not", {}, { jwks: jwks("one") }],
      ["another Output", { jwks: pulumi.output(jwks("one")) }, { jwks: pulumi.output(jwks("two")) }],
      ["another place", { jwks: jwks("one") }, { jwksFromCluster: {} }],
    ];
    for (const [what, first, second] of others) {
      it(`is not shared with a runner that gives ${what}: nothing would come of it`, async () => {
        const run = await runProgram(() => {
          runner("one", first);
          runner("two", second);
        }, cloud);
        assertUserError(run.errors[0], "OPTION_CONFLICT", "two.cluster");
        assert.equal(run.errors.length, 1);
      });
    }

    it("is not a given one, which has its own", async () => {
      const run = await runProgram(() => {
        const trust = new OidcTrustSetup("given", {
          organization: "acme",
          apiUrl: API,
          kubernetes: { issuerUrl },
        });
        new KubernetesOidcRunner("one", { ...common, trust, cluster: { issuerUrl, jwks: jwks("one") } });
      }, cloud);
      assertUserError(run.errors[0], "OPTION_CONFLICT", "one.cluster");
      assert.ok(!run.resources.some(({ name }) => name === "one"));
    });
  });

  describe("whose certificates are given", () => {
    const runner = (name: string, caCertificates?: pulumi.Input<string>) =>
      new KubernetesOidcRunner(name, { ...common, cluster: { issuerUrl: ISSUER }, caCertificates });
    const run = (first: pulumi.Input<string> | undefined, second: pulumi.Input<string> | undefined) =>
      runProgram(() => {
        runner("one", first);
        runner("two", second);
      }, cloud);

    it("has those of every runner, or of the first alone, or what Outputs hold", async () => {
      for (const [first, second] of [
        [PEM, PEM],
        [PEM, undefined],
        [pulumi.output(PEM), pulumi.output(PEM)],
        [PEM, pulumi.output(PEM)],
      ]) {
        assert.deepEqual((await run(first, second)).errors, []);
      }
    });

    for (const [what, first, words] of [
      ["others", PEM.replace("A", "B"), "with other caCertificates"],
      ["some that the first does not", undefined, "without caCertificates"],
    ] as const) {
      it(`is not shared with a runner that gives ${what}`, async () => {
        const [error, ...more] = (await run(first, PEM)).errors;
        assertUserError(error, "OPTION_CONFLICT", "two.caCertificates");
        assert.ok(error.message.includes(words), error.message);
        assert.deepEqual(more, []);
      });
    }
  });

  it("is made anew in the next run of one process", async () => {
    const first = await trustsOf(() => void kubernetes("one"));
    assert.deepEqual(await trustsOf(() => void kubernetes("one")), first);
    assert.equal(first.issuers.length, 1);
  });
});
