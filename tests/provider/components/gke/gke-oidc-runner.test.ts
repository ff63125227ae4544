import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { GkeOidcRunner, type GkeOidcRunnerArgs } from "../../../../provider/components/gke/gke-oidc-runner";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud } from "../cloud";
import { type Expectation, expectedRunner, registered } from "../expected";
import { only } from "../pick";

const component = "oidc-runner:index:GkeOidcRunner";
const issuerUrl = "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod";
const trustName = "oidc-trust-348f3d95";
const issuerName = "oidc-trust-348f3d95-4c0e4b2b81636799";
/** Hash of organization, project, stack and name: two stacks of one project must not meet in one account. */
const accountId = "deployer-ce9e474e";
const PRINCIPAL =
  "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/acme-prod.svc.id.goog/subject/ns/pulumi/sa/deployer";
const SAMENESS = /^IDENTITY_SAMENESS: .*acme-prod\.svc\.id\.goog.* Fix: .*waive/;

function runner(args: Partial<GkeOidcRunnerArgs> = {}) {
  return new GkeOidcRunner("deployer", {
    organization: "acme",
    accessToken: { organization: {} },
    cluster: { project: "acme-prod", location: "europe-west1", name: "prod" },
    namespace: "pulumi",
    apiUrl: API,
    ...args,
  });
}

function expectation(more: Partial<Expectation>): Expectation {
  const issuerId = `issuer-of-${trustName}`;
  return { component, issuerUrl, namespace: "pulumi", trustName, issuerName, issuerId, ...more };
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

function role(name: string, project: string, roleName: string, who: string, dependencies: string[]) {
  const type = "gcp:projects/iAMMember:IAMMember";
  return {
    type,
    name,
    inputs: { project, role: roleName, member: who },
    parent: `${component} deployer`,
    dependencies,
  };
}

describe("GkeOidcRunner", () => {
  it("makes a Google service account that its ServiceAccount may act as", async () => {
    const run = await runProgram(() => {
      const made = runner({ gcp: { serviceAccount: {} } });
      const { workloadName, serviceAccountName, namespace, issuerId, audience, subject } = made;
      const { serviceAccountEmail: email, principal } = made;
      return { workloadName, serviceAccountName, namespace, issuerId, audience, subject, email, principal };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.equal(run.log.length, 1);
    assert.match(run.log[0] ?? "", SAMENESS);
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
          googleProject: "acme-prod",
          googleIdentity: email,
          annotations: { "iam.gke.io/gcp-service-account": email },
          annotationsFrom: ["gcp:serviceaccount/account:Account deployer"],
          jobFrom: ["gcp:serviceaccount/account:Account deployer", "gcp:serviceaccount/iAMMember:IAMMember deployer"],
        }),
      ),
    ]);
    assert.deepEqual(run.outputs, {
      workloadName: "deployer-7f3a",
      serviceAccountName: "deployer",
      namespace: "pulumi",
      issuerId: `issuer-of-${trustName}`,
      audience: "urn:pulumi:org:acme",
      subject: "system:serviceaccount:pulumi:deployer",
      email,
      principal: `serviceAccount:${email}`,
    });
  });

  it("names the account and its project as asked", async () => {
    const serviceAccount = {
      accountId: pulumi.output("my-account"),
      project: "acme-identities",
      displayName: "Deployer",
      description: pulumi.output("deploys"),
    };
    const run = await runProgram(() => void runner({ gcp: { serviceAccount } }), cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(only(run, "Account").inputs, {
      accountId: "my-account",
      project: "acme-identities",
      displayName: "Deployer",
      description: "deploys",
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
      () => ({ email: runner({ gcp: { serviceAccountEmail: email } }).serviceAccountEmail }),
      cloud,
    );
    assert.deepEqual(run.errors, []);
    assert.deepEqual(registered(run), [
      member(email, "acme-identities", []),
      ...expectedRunner(
        expectation({
          googleProject: "acme-prod",
          googleIdentity: email,
          annotations: { "iam.gke.io/gcp-service-account": email },
          jobFrom: ["gcp:serviceaccount/iAMMember:IAMMember deployer"],
        }),
      ),
    ]);
    assert.deepEqual(run.outputs, { email });
  });

  it("gives roles to its ServiceAccount itself, without a Google service account", async () => {
    const directPrincipal = { projectRoles: ["roles/storage.objectViewer"] };
    const run = await runProgram(() => {
      const { serviceAccountEmail: email, principal } = runner({ gcp: { directPrincipal } });
      return { email, principal };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.equal(run.log.length, 1);
    assert.match(run.log[0] ?? "", SAMENESS);
    const grant = role("deployer-storage.objectViewer", "acme-prod", "roles/storage.objectViewer", PRINCIPAL, []);
    assert.deepEqual(registered(run), [
      grant,
      ...expectedRunner(
        expectation({
          googleProject: "acme-prod",
          googleIdentity: "acme-prod.svc.id.goog",
          jobFrom: [`${grant.type} ${grant.name}`],
        }),
      ),
    ]);
    assert.deepEqual(run.outputs, { email: undefined, principal: PRINCIPAL });
  });

  it("uses the project's number as given, and looks none up", async () => {
    const asked: string[] = [];
    const call: typeof cloud.call = (request) => {
      asked.push(request.token);
      return cloud.call?.(request) ?? {};
    };
    const directPrincipal = { projectNumber: pulumi.output("42") };
    const run = await runProgram(() => ({ principal: runner({ gcp: { directPrincipal } }).principal }), {
      ...cloud,
      call,
    });
    assert.deepEqual(run.errors, []);
    assert.deepEqual(asked, []);
    assert.deepEqual(run.outputs, { principal: PRINCIPAL.replace("123456789012", "42") });
    assert.ok(!run.resources.some(({ type }) => type.startsWith("gcp:")), "no role was asked for");
  });

  it("gives its account roles on the cluster's project and on others, one resource each", async () => {
    const serviceAccount = {
      project: "acme-identities",
      projectRoles: ["roles/viewer", "projects/acme-prod/roles/mine"],
      rolesByProject: { "acme-data": ["roles/viewer"] },
    };
    const run = await runProgram(() => void runner({ gcp: { serviceAccount } }), cloud);
    assert.deepEqual(run.errors, []);
    const account = `serviceAccount:${accountId}@acme-identities.iam.gserviceaccount.com`;
    const from = ["gcp:serviceaccount/account:Account deployer"];
    const grants = [
      role("deployer-acme-data-viewer", "acme-data", "roles/viewer", account, from),
      role("deployer-projects/acme-prod/roles/mine", "acme-prod", "projects/acme-prod/roles/mine", account, from),
      role("deployer-viewer", "acme-prod", "roles/viewer", account, from),
    ];
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
    assert.deepEqual(
      registered(run)
        .filter(({ type }) => type.startsWith("gcp:projects/"))
        .sort(byName),
      grants,
    );
    const { dependencies } = only(run, "Job");
    for (const { type, name } of grants) {
      assert.ok(dependencies.includes(`${type} ${name}`), `the Job may start before ${name}`);
    }
  });

  it("cuts the display name where Google would refuse it", async () => {
    const name = "a".repeat(120);
    const run = await runProgram(
      () =>
        void new GkeOidcRunner(name, {
          organization: "acme",
          accessToken: { organization: {} },
          cluster: { project: "acme-prod", location: "europe-west1", name: "prod" },
          namespace: "pulumi",
          apiUrl: API,
          gcp: { serviceAccount: {} },
        }),
      cloud,
    );
    assert.deepEqual(run.errors, []);
    const { displayName } = only(run, "Account").inputs;
    assert.equal(displayName, `Pulumi runner ${"a".repeat(86)}`);
  });

  it("says how to annotate a ServiceAccount that it does not make", async () => {
    const existing = { createServiceAccount: false, serviceAccountName: "ci" };
    const waive = [{ name: "IDENTITY_SAMENESS", reason: "one cluster" }] as const;
    const email = "existing@acme-identities.iam.gserviceaccount.com";
    const account = await runProgram(
      () => void runner({ ...existing, gcp: { serviceAccountEmail: email }, waive: [...waive] }),
      cloud,
    );
    assert.deepEqual(account.errors, []);
    assert.equal(account.log.length, 1);
    const command = `kubectl annotate serviceaccount ci --namespace=pulumi --overwrite iam.gke.io/gcp-service-account=${email}`;
    assert.ok(account.log[0]?.startsWith("SERVICE_ACCOUNT_NOT_ANNOTATED: "), account.log[0]);
    assert.ok(account.log[0]?.endsWith(` Fix: ${command}`), account.log[0]);
    assert.equal(only(account, "IAMMember").inputs.member, "serviceAccount:acme-prod.svc.id.goog[pulumi/ci]");
    // A principal of its own needs no annotation.
    const direct = await runProgram(
      () => void runner({ ...existing, gcp: { directPrincipal: {} }, waive: [...waive] }),
      cloud,
    );
    assert.deepEqual([direct.errors, direct.log], [[], []]);
  });

  it("has nothing of Google Cloud when none is asked for", async () => {
    const run = await runProgram(() => ({ email: runner().serviceAccountEmail }), cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.log, []);
    assert.deepEqual(registered(run), expectedRunner(expectation({})));
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
    assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, issuerUrl);
  });
});
