import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { GkeOidcRunner, type GkeOidcRunnerArgs } from "../../../provider/components/gke-oidc-runner";
import { runProgram } from "../../helpers/pulumi-mocks";
import { API, cloud } from "./cloud";
import { type Expectation, expectedRunner, registered } from "./expected";
import { configMapName, only } from "./pick";

const component = "oidc-runner:index:GkeOidcRunner";
const issuerUrl = "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod";
const trustName = "oidc-trust-348f3d95";
const issuerName = "oidc-trust-348f3d95-4c0e4b2b81636799";
/** Hash of project, stack and name: two stacks of one project must not meet in one account. */
const accountId = "deployer-feeb301c";

function runner(args: Partial<GkeOidcRunnerArgs> = {}) {
  return new GkeOidcRunner("deployer", {
    organization: "acme",
    tokenType: "organization",
    cluster: { project: "acme-prod", location: "europe-west1", name: "prod" },
    namespace: "pulumi",
    apiUrl: API,
    ...args,
  });
}

function expectation(more: Partial<Expectation>): Expectation {
  const issuerId = `issuer-of-${trustName}`;
  return { component, issuerUrl, namespace: "pulumi", configMapName: "", trustName, issuerName, issuerId, ...more };
}

function member(email: string, project: string, dependencies: string[]) {
  return {
    type: "gcp:serviceaccount/iAMMember:IAMMember",
    name: "deployer",
    inputs: {
      serviceAccountId: `projects/${project}/serviceAccounts/${email}`,
      role: "roles/iam.workloadIdentityUser",
      member: "serviceAccount:acme-prod.svc.id.goog[pulumi/deployer]",
    },
    parent: `${component} deployer`,
    dependencies,
  };
}

describe("GkeOidcRunner", () => {
  it("makes a Google service account that its ServiceAccount may act as", async () => {
    const run = await runProgram(() => {
      const made = runner({ google: { serviceAccount: {} } });
      const { jobName, serviceAccountName, namespace, issuerId, audience, subject } = made;
      const { googleServiceAccountEmail } = made;
      return { jobName, serviceAccountName, namespace, issuerId, audience, subject, googleServiceAccountEmail };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.log, []);
    const email = `${accountId}@acme-prod.iam.gserviceaccount.com`;
    assert.deepEqual(registered(run), [
      {
        type: "gcp:serviceaccount/account:Account",
        name: "deployer",
        inputs: { accountId, project: "acme-prod", displayName: "Pulumi runner deployer" },
        parent: `${component} deployer`,
        dependencies: [],
      },
      member(email, "acme-prod", ["gcp:serviceaccount/account:Account deployer"]),
      ...expectedRunner(
        expectation({
          configMapName: configMapName(run),
          annotations: { "iam.gke.io/gcp-service-account": email },
          annotationsFrom: ["gcp:serviceaccount/account:Account deployer"],
          jobFrom: ["gcp:serviceaccount/iAMMember:IAMMember deployer"],
        }),
      ),
    ]);
    assert.deepEqual(run.outputs, {
      jobName: "deployer-7f3a",
      serviceAccountName: "deployer",
      namespace: "pulumi",
      issuerId: `issuer-of-${trustName}`,
      audience: "urn:pulumi:org:acme",
      subject: "system:serviceaccount:pulumi:deployer",
      googleServiceAccountEmail: email,
    });
  });

  it("names the account and its project as asked", async () => {
    const serviceAccount = { accountId: pulumi.output("my-account"), project: "acme-identities" };
    const run = await runProgram(() => void runner({ google: { serviceAccount } }), cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(only(run, "Account").inputs, {
      accountId: "my-account",
      project: "acme-identities",
      displayName: "Pulumi runner deployer",
    });
    const email = "my-account@acme-identities.iam.gserviceaccount.com";
    // The member is of the cluster's project, the account of its own.
    assert.deepEqual(
      only(run, "IAMMember"),
      member(email, "acme-identities", ["gcp:serviceaccount/account:Account deployer"]),
    );
  });

  it("lets its ServiceAccount act as a given account, and makes none", async () => {
    const email = "existing@acme-identities.iam.gserviceaccount.com";
    const run = await runProgram(
      () => ({ email: runner({ google: { serviceAccountEmail: email } }).googleServiceAccountEmail }),
      cloud,
    );
    assert.deepEqual(run.errors, []);
    assert.deepEqual(registered(run), [
      member(email, "acme-identities", []),
      ...expectedRunner(
        expectation({
          configMapName: configMapName(run),
          annotations: { "iam.gke.io/gcp-service-account": email },
          jobFrom: ["gcp:serviceaccount/iAMMember:IAMMember deployer"],
        }),
      ),
    ]);
    assert.deepEqual(run.outputs, { email });
  });

  it("has nothing of Google Cloud when none is asked for", async () => {
    const run = await runProgram(() => ({ email: runner().googleServiceAccountEmail }), cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(registered(run), expectedRunner(expectation({ configMapName: configMapName(run) })));
    assert.deepEqual(run.outputs, { email: undefined });
  });

  it("derives the issuer from names that are Outputs", async () => {
    const cluster = {
      project: pulumi.output("acme-prod"),
      location: pulumi.output("europe-west1"),
      name: pulumi.output("prod"),
    };
    const run = await runProgram(() => void runner({ cluster }), cloud);
    assert.deepEqual(run.errors, []);
    assert.equal(only(run, "OidcIssuer").inputs.url, issuerUrl);
  });
});
