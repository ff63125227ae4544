import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { GkeOidcRunner, type GkeOidcRunnerArgs } from "../../../../provider/components/gke/gke-oidc-runner";
import { OidcRunnerError } from "../../../../trust/errors";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud } from "../cloud";

const CLUSTER = { project: "acme-prod", location: "europe-west1", name: "prod" };
const serviceAccountEmail = "runner@acme-prod.iam.gserviceaccount.com";
const WAIVE = [{ name: "IDENTITY_SAMENESS", reason: "one cluster" }] as const;

/** What two runners come to: codes of errors, and the grants that were made. */
async function two(gcp: object, second: Partial<GkeOidcRunnerArgs> = {}) {
  const common = { organization: "acme", accessToken: { organization: {} }, namespace: "ci", apiUrl: API } as const;
  const args = { ...common, serviceAccountName: "shared", cluster: CLUSTER, gcp, waive: [...WAIVE] };
  const run = await runProgram(() => {
    new GkeOidcRunner("one", args as GkeOidcRunnerArgs);
    new GkeOidcRunner("two", { ...args, createServiceAccount: false, ...second } as GkeOidcRunnerArgs);
  }, cloud);
  const codes = run.errors.map((error) => (error instanceof OidcRunnerError ? error.code : String(error)));
  const jobs = run.resources.filter(({ type }) => type === "kubernetes:batch/v1:Job").map(({ name }) => name);
  return { codes: [...new Set(codes)], jobs: jobs.sort() };
}

describe("grants of two runners with one ServiceAccount", () => {
  const roles = { directPrincipal: { projectNumber: "123456789012", projectRoles: ["roles/storage.objectViewer"] } };
  const other = { directPrincipal: { projectNumber: "123456789012", projectRoles: ["roles/logging.logWriter"] } };
  const both = ["one", "two"];

  for (const [what, gcp] of [
    ["the same Google service account", { serviceAccountEmail }],
    ["the same Google service account, not known yet", { serviceAccountEmail: pulumi.output(serviceAccountEmail) }],
    ["the same role", roles],
  ] as const) {
    it(`are refused for ${what} [A25]`, async () => {
      assert.deepEqual(await two(gcp), { codes: ["GOOGLE_GRANT_TWICE"], jobs: ["one"] });
    });

    it(`are made for two ServiceAccounts with ${what}, and in the next run`, async () => {
      const apart = { serviceAccountName: "own", createServiceAccount: true };
      assert.deepEqual(await two(gcp, apart), { codes: [], jobs: both });
      assert.deepEqual(await two(gcp, apart), { codes: [], jobs: both });
    });
  }

  it("are made for other accounts, roles and projects", async () => {
    const email = "second@acme-prod.iam.gserviceaccount.com";
    assert.deepEqual(await two({ serviceAccountEmail }, { gcp: { serviceAccountEmail: email } }), {
      codes: [],
      jobs: both,
    });
    assert.deepEqual(await two(roles, { gcp: other }), { codes: [], jobs: both });
    const there = { rolesByProject: { "acme-dev": ["roles/storage.objectViewer"] }, projectNumber: "123456789012" };
    assert.deepEqual(await two(roles, { gcp: { directPrincipal: there } }), { codes: [], jobs: both });
  });
});
