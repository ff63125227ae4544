import assert from "node:assert/strict";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner, type EksOidcRunnerArgs } from "../../../../provider/components/eks/eks-oidc-runner";
import { API, cloudCall, ISSUER, PROVIDER_ARN } from "../cloud";
import { codesOf, eksRunner, runEks, trustPolicyOf } from "../eks/eks";
import { listed, only } from "../pick";

const role = (args: Partial<EksOidcRunnerArgs> = {}, name?: string) => eksRunner({ aws: { role: {} }, ...args }, name);
const made = (args: Partial<EksOidcRunnerArgs> = {}, name?: string) =>
  eksRunner({ aws: { role: {}, createOidcProvider: true }, ...args }, name);
const providers = (run: Awaited<ReturnType<typeof runEks>>) =>
  run.resources.filter(({ type }) => type === "aws:iam/openIdConnectProvider:OpenIdConnectProvider");
/** The account's answer to the look-up of its provider. */
const answer = (found: () => Record<string, unknown>) => ({
  call: (args: pulumi.runtime.MockCallArgs) =>
    args.token.includes("getOpenIdConnectProvider") ? found() : cloudCall(args),
});

/** An error as the engine hands it on from a provider plugin. */
const failing = (details: string) => (): Record<string, unknown> => {
  throw Object.assign(new Error(details), { details });
};

describe("the IAM OIDC provider of EksOidcRunner", () => {
  it("is made with the audience of STS, and the role trusts it", async () => {
    const run = await runEks(() => void made());
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.calls, []);
    const [provider, ...others] = providers(run);
    assert.deepEqual(others, []);
    assert.deepEqual(provider?.inputs, { url: ISSUER, clientIdLists: ["sts.amazonaws.com"] });
    // It belongs to the stack, as the trust does.
    assert.equal(provider?.parent, undefined);
    assert.deepEqual(only(run, "Role").dependencies, [`${provider?.type} ${provider?.name}`]);
    assert.deepEqual(trustPolicyOf(run).Statement[0]?.Principal, { Federated: PROVIDER_ARN });
  });

  it("is one for all runners on the cluster, whichever came first", async () => {
    const names = async (...runners: string[]) => {
      const run = await runEks(() => {
        for (const name of runners) made({}, name);
      });
      assert.deepEqual(run.errors, []);
      assert.equal(run.resources.filter(({ type }) => type.endsWith(":Role")).length, runners.length);
      return providers(run).map(({ name }) => name);
    };
    const one = await names("one", "two", "three");
    assert.equal(one.length, 1);
    assert.deepEqual(await names("three"), one);
  });

  it("is two for two clusters, and for one issuer in two accounts", async () => {
    const clusters = await runEks(() => {
      made({}, "one");
      made({ cluster: { issuerUrl: `${ISSUER}D` } }, "two");
    });
    assert.equal(providers(clusters).length, 2);
    const accounts = await runEks(() => {
      const aws = { role: {}, createOidcProvider: true };
      const common = {
        organization: "acme",
        accessToken: { organization: {} },
        namespace: "pulumi",
        apiUrl: API,
      } as const;
      const provider = new Provider("elsewhere", { region: "us-east-1" });
      const cluster = { issuerUrl: ISSUER };
      new EksOidcRunner("one", { ...common, cluster, aws });
      new EksOidcRunner("two", { ...common, cluster, aws }, { providers: [provider] });
    });
    assert.deepEqual(accounts.errors, []);
    assert.equal(providers(accounts).length, 2);
  });

  it("is one for a cluster that is not known yet", async () => {
    const run = await runEks(() => {
      const cluster = { issuerUrl: pulumi.output(ISSUER) };
      made({ cluster }, "one");
      made({ cluster }, "two");
    });
    assert.deepEqual(
      providers(run).map(({ name }) => name),
      ["oidc-provider-one"],
    );
  });

  it("is neither made nor looked up without a role to make", async () => {
    for (const aws of [undefined, { roleArn: "arn:aws:iam::123456789012:role/r" }]) {
      const run = await runEks(() => void eksRunner({ aws }));
      assert.deepEqual([run.errors, run.calls, providers(run)], [[], [], []]);
    }
  });

  for (const [what, found] of [
    ["IAM finds none", failing("finding IAM OIDC Provider by url (x): couldn't find resource")],
    ["the answer is empty", () => ({})],
  ] as const) {
    it(`is missed with a way to get one when ${what}`, async () => {
      const run = await runEks(() => void role(), answer(found));
      assert.deepEqual(codesOf(run), ["OIDC_PROVIDER_NOT_FOUND"]);
      assert.match(String(run.errors[0]), new RegExp(`${ISSUER}.*Fix: set aws.createOidcProvider`));
      assert.deepEqual(
        listed(run).map((line) => line.split(" ")[0]),
        ["EksOidcRunner", "OidcTrustSetup"],
      );
    });
  }

  it("is told in AWS's words when the look-up fails otherwise", async () => {
    const denied = failing("AccessDenied: not authorized to perform iam:ListOpenIDConnectProviders");
    const run = await runEks(() => void role(), answer(denied));
    assert.equal(run.errors.length, 1);
    assert.match(String(run.errors[0]), /AccessDenied: not authorized/);
    assert.ok(!listed(run).includes("Role deployer"));
  });

  it("must take tokens for STS", async () => {
    const withAudience = (...clientIdLists: string[]) =>
      answer(() => ({ url: ISSUER, arn: PROVIDER_ARN, clientIdLists }));
    const refused = await runEks(() => void role(), withAudience("sts.amazonaws.com.cn"));
    assert.deepEqual(codesOf(refused), ["OIDC_PROVIDER_AUDIENCE"]);
    assert.match(
      String(refused.errors[0]),
      /add-client-id-to-open-id-connect-provider --client-id sts\.amazonaws\.com /,
    );
    const accepted = await runEks(() => void role(), withAudience("x", "sts.amazonaws.com"));
    assert.deepEqual(accepted.errors, []);
  });
});
