import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner, type EksOidcRunnerArgs } from "../../../../provider/components/eks/eks-oidc-runner";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER, PROVIDER_ARN, ROLE_ARN } from "../cloud";
import { type Expectation, expectedRunner, registered } from "../expected";
import { listed, only } from "../pick";

const component = "oidc-runner:index:EksOidcRunner";
/** The shared trust of a cluster given by its name; the hashes are part of names in users' state files. */
const byName = { trustName: "oidc-trust-67640bf5", issuerName: "oidc-trust-67640bf5-4c0e4b2bc32765c8" };
const byUrl = { trustName: "oidc-trust-3d6390d4", issuerName: "oidc-trust-3d6390d4-4c0e4b2b09b8354d" };

function runner(args: Partial<EksOidcRunnerArgs> = {}) {
  return new EksOidcRunner("deployer", {
    organization: "acme",
    accessToken: { organization: {} },
    cluster: { name: "prod" },
    namespace: "pulumi",
    apiUrl: API,
    ...args,
  });
}

function expectation(trust: Pick<Expectation, "trustName" | "issuerName">, more: Partial<Expectation>): Expectation {
  const issuerId = `issuer-of-${trust.trustName}`;
  return { component, issuerUrl: ISSUER, namespace: "pulumi", ...trust, issuerId, ...more };
}

/** What IAM is to hold: one ServiceAccount of one cluster, by subject and audience. */
const TRUST_POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC" },
      Condition: {
        StringEquals: {
          "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:pulumi:deployer",
          "oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com",
        },
      },
    },
  ],
};

describe("EksOidcRunner", () => {
  it("makes a role that only its ServiceAccount may assume, and gives the pod a token for it", async () => {
    const run = await runProgram(() => {
      const { workloadName, serviceAccountName, namespace, issuerId, audience, subject, roleArn } = runner({
        aws: {
          role: {
            managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", pulumi.output("arn:aws:iam::aws:policy/Two")],
            permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
          },
        },
      });
      return { workloadName, serviceAccountName, namespace, issuerId, audience, subject, roleArn };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.log, []);
    const parent = `${component} deployer`;
    const attachment = (suffix: string, policyArn: string) => ({
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      name: `deployer-${suffix}`,
      inputs: { role: "deployer-1234567", policyArn },
      parent,
      dependencies: ["aws:iam/role:Role deployer"],
    });
    assert.deepEqual(registered(run), [
      {
        type: "aws:iam/role:Role",
        name: "deployer",
        inputs: {
          assumeRolePolicy: JSON.stringify(TRUST_POLICY),
          permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
        },
        parent,
        dependencies: [],
      },
      attachment("1", "arn:aws:iam::aws:policy/Two"),
      attachment("2a3bda39", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
      ...expectedRunner(
        expectation(byName, {
          awsRoleArn: ROLE_ARN,
          annotations: { "eks.amazonaws.com/role-arn": ROLE_ARN },
          annotationsFrom: ["aws:iam/role:Role deployer"],
          jobFrom: [
            "aws:iam/role:Role deployer",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment deployer-1",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment deployer-2a3bda39",
          ],
        }),
      ),
    ]);
    assert.deepEqual(run.outputs, {
      workloadName: "deployer-7f3a",
      serviceAccountName: "deployer",
      namespace: "pulumi",
      issuerId: `issuer-of-${byName.trustName}`,
      audience: "urn:pulumi:org:acme",
      subject: "system:serviceaccount:pulumi:deployer",
      roleArn: ROLE_ARN,
    });
  });

  it("needs no look-up when issuer and IAM OIDC provider are given", async () => {
    const calls: string[] = [];
    const call = ({ token }: pulumi.runtime.MockCallArgs) => {
      calls.push(token);
      return {};
    };
    const cluster = { issuerUrl: ISSUER, oidcProviderArn: PROVIDER_ARN };
    const run = await runProgram(() => void runner({ cluster, aws: { role: {} } }), { ...cloud, call });
    assert.deepEqual(run.errors, []);
    assert.deepEqual(calls, []);
    assert.deepEqual(only(run, "Role").inputs, { assumeRolePolicy: JSON.stringify(TRUST_POLICY) });
    assert.deepEqual(listed(run), [
      "Role deployer",
      "Job deployer",
      "ConfigMap pulumi-entrypoint",
      "ConfigMap pulumi-entrypoint-owner",
      "ServiceAccount deployer",
      "EksOidcRunner deployer",
      `OidcTrustSetup ${byUrl.trustName}`,
      `OidcIssuer ${byUrl.trustName}`,
      "OidcPolicy deployer",
    ]);
  });

  it("uses a given role and makes none", async () => {
    const roleArn = "arn:aws:iam::123456789012:role/path/existing";
    const run = await runProgram(
      () => ({ roleArn: runner({ cluster: { issuerUrl: ISSUER }, aws: { roleArn } }).roleArn }),
      cloud,
    );
    assert.deepEqual(run.errors, []);
    assert.deepEqual(
      registered(run),
      expectedRunner(
        expectation(byUrl, {
          awsRoleArn: roleArn,
          annotations: { "eks.amazonaws.com/role-arn": roleArn },
        }),
      ),
    );
    assert.deepEqual(run.outputs, { roleArn });
  });

  it("has nothing of AWS when none is asked for", async () => {
    const run = await runProgram(() => ({ roleArn: runner({ cluster: { issuerUrl: ISSUER } }).roleArn }), cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(registered(run), expectedRunner(expectation(byUrl, {})));
    assert.deepEqual(run.outputs, { roleArn: undefined });
  });

  it("refuses a cluster that has no issuer", async () => {
    const run = await runProgram(() => void runner(), { ...cloud, call: () => ({ identities: [] }) });
    assert.deepEqual(
      run.errors.map((error) => (error as { code?: string }).code),
      ["ISSUER_URL_INVALID"],
    );
    assert.deepEqual(listed(run), ["EksOidcRunner deployer", `OidcTrustSetup ${byName.trustName}`]);
  });
});
