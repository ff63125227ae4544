import assert from "node:assert/strict";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { IdentityProvider } from "../../lab/gcp";
import { projectNumber } from "../../lab/gcp/project-number";
import { LAB_PROJECT } from "../../lab/issuer-shapes";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { evaluateGcpTrust } from "../../trust/parties/gcp/evaluate/evaluate";
import { assertOneDiagnostic, fails, ok, resourcesOf } from "./support/engine";
import { control } from "./support/http";
import { labOn } from "./support/lab";

const labStarted = labOn("gke");

const ISSUER = "https://api.pulumi.com/oidc";
const ACT_AS = "roles/iam.workloadIdentityUser";
const POOL = `projects/${projectNumber(LAB_PROJECT)}/locations/global/workloadIdentityPools/outbound`;

describe("trusts of Google Cloud in Pulumi Cloud, with the real engine", () => {
  let state: LabState;
  let owner: Engine;
  let guest: Engine;
  let organization: string;

  const config = (gcp: object, more: Record<string, string> = {}) => ({
    ...{ organization, stack: "prod", environments: "true" },
    ...{
      clouds: JSON.stringify({ gcp: { project: LAB_PROJECT, poolId: "outbound", serviceAccount: {}, ...gcp } }),
      ...more,
    },
  });
  const made = (more: object = {}) => ({ createPool: true, createProvider: true, ...more });
  const dev = { stack: "dev", environments: "false" };
  const resource = <T>(method: "GET" | "PUT", path: string, body?: object) =>
    control<T>(state, method, `/resources/gcp/${path}`, body);
  const providerPath = (id = "pulumi-deployments") =>
    `identity-pool-providers/${encodeURIComponent(`${POOL}/providers/${id}`)}`;
  const outputs = async (engine: Engine) =>
    (await engine.outputs()) as { principals: string[]; serviceAccountEmail: string; settingsCommand: string };
  const mayActAs = async (email: string, member: string) => {
    const grant = { resource: `projects/${LAB_PROJECT}/serviceAccounts/${email}`, role: ACT_AS, member };
    return (await control<{ found?: boolean }>(state, "POST", "/resources/gcp/grants/find", grant)).body.found;
  };

  /** Decision of provider and members as Google has them, for a stack's deployment. */
  async function decide(engine: Engine, stack: string): Promise<string> {
    const { body } = await resource<IdentityProvider>("GET", providerPath());
    const { issuerUri, allowedAudiences, attributeMapping, attributeCondition, name } = body;
    const { principals: members } = await outputs(engine);
    const run = { org: organization, project: "site", stack, operation: "update", scope: "write" };
    const sub = `pulumi:deploy:org:${organization}:project:site:stack:${stack}:operation:update:scope:write`;
    const document = { issuerUri, allowedAudiences, attributeMapping, attributeCondition, name, members };
    return evaluateGcpTrust(document, { iss: ISSUER, aud: organization, sub, ...run }).decision;
  }

  before(async () => {
    state = await labStarted();
    organization = state.pulumiCloud.organization;
    const project = join(packageRoot(), "tests", "engine", "programs", "outbound");
    owner = new Engine(state, { project, stack: "gcp-owner", config: config(made()) });
    guest = new Engine(state, { project, stack: "gcp-guest", config: config({}, dev) });
    await owner.init();
    await guest.init();
  });

  it("a stack that finds no provider is told so, and makes nothing", async () => {
    assertOneDiagnostic(await fails(guest.up()), "GCP_PROVIDER_NOT_FOUND");
    assert.deepEqual(
      (await resourcesOf(guest)).map(({ type }) => type),
      ["oidc-runner:index:DeploymentsOidcTrust"],
    );
  });

  it("up makes a pool, a provider for each kind of token, accounts and grants", async () => {
    await ok(owner.preview());
    await ok(owner.up());
    const types = (await resourcesOf(owner)).map(({ type }) => type.split(":").pop());
    const count = (kind: string) => types.filter((type) => type === kind).length;
    assert.deepEqual(
      ["WorkloadIdentityPool", "WorkloadIdentityPoolProvider", "Account", "IAMMember"].map(count),
      [1, 2, 2, 5],
    );
    assert.equal((await resource("GET", providerPath("pulumi-esc"))).status, 200);
    assert.deepEqual([await decide(owner, "prod"), await decide(owner, "dev")], ["allow", "deny"]);
    const { principals, serviceAccountEmail, settingsCommand } = await outputs(owner);
    assert.ok(principals.includes(`principal://iam.googleapis.com/${POOL}/subject/site/prod/update`));
    for (const member of principals) assert.ok(await mayActAs(serviceAccountEmail, member), member);
    assert.match(settingsCommand, new RegExp(`--oidc-gcp-service-account ${serviceAccountEmail}`));
  });

  it("a second up finds nothing to do", async () => {
    await ok(owner.preview(["--expect-no-changes"]));
    await ok(owner.up(["--refresh", "--expect-no-changes"]));
  });

  it("another stack uses pool and provider for its own deployments, and changes nothing of them", async () => {
    const before = (await resource("GET", providerPath())).body;
    await ok(guest.up());
    await ok(guest.up(["--refresh", "--expect-no-changes"]));
    assert.deepEqual((await resource("GET", providerPath())).body, before);
    assert.deepEqual([await decide(guest, "dev"), await decide(guest, "prod")], ["allow", "deny"]);
    const { principals, serviceAccountEmail } = await outputs(owner);
    assert.equal(await mayActAs((await outputs(guest)).serviceAccountEmail, principals[0] ?? ""), false);
    assert.equal(await mayActAs(serviceAccountEmail, principals[0] ?? ""), true);
  });

  it("a provider that somebody opened is refused, and the grants stay", async () => {
    const { body } = await resource<IdentityProvider>("GET", providerPath());
    const { displayName, description, disabled, attributeMapping, issuerUri, allowedAudiences } = body;
    const settings = { displayName, description, disabled, attributeMapping, issuerUri, allowedAudiences };
    await resource("PUT", providerPath(), { ...settings, attributeCondition: "" });
    assertOneDiagnostic(await fails(guest.up()), "GCP_PROVIDER_MISMATCH");
    await resource("PUT", providerPath(), { ...settings, attributeCondition: body.attributeCondition });
    await ok(guest.up(["--expect-no-changes"]));
  });

  it("another stack in the trust changes grants, and not the account", async () => {
    const { principals, serviceAccountEmail } = await outputs(guest);
    guest.configure(config({}, { ...dev, stack: "test" }));
    await ok(guest.up());
    const now = await outputs(guest);
    assert.equal(now.serviceAccountEmail, serviceAccountEmail);
    assert.equal(await mayActAs(serviceAccountEmail, principals[0] ?? ""), false);
    assert.equal(await mayActAs(serviceAccountEmail, now.principals[0] ?? ""), true);
  });

  it("destroy takes away what each stack made, and no more", async () => {
    await ok(guest.destroy());
    assert.equal(await decide(owner, "prod"), "allow");
    await ok(owner.destroy());
    assert.equal((await resource("GET", `identity-pools/${encodeURIComponent(POOL)}`)).status, 404);
  });

  it("an account that is there already is named, with the argument that takes it", async () => {
    const project = join(packageRoot(), "tests", "engine", "programs", "outbound");
    const accountId = "taken-account";
    const about = { project: LAB_PROJECT, accountId, displayName: "", description: "", disabled: false };
    assert.equal((await control(state, "POST", "/resources/gcp/service-accounts", about)).status, 201);
    const clouds = config(made({ poolId: "taken", serviceAccount: { accountId } }), { environments: "false" });
    const second = new Engine(state, { project, stack: "gcp-second", config: clouds });
    await second.init();
    assert.match(
      await fails(second.up()),
      new RegExp(
        `GCP_ID_TAKEN: project ${LAB_PROJECT} has a service account ${accountId} \\(at gcp\\.serviceAccount\\.accountId\\)\\. Fix: give gcp\\.serviceAccountEmail: "${accountId}@`,
      ),
    );
    await ok(second.destroy());
  });

  it("a pool and a provider that are there already can be imported, and go with the stack then", async () => {
    const poolId = "theirs";
    const name = `${POOL.slice(0, POOL.lastIndexOf("/"))}/${poolId}`;
    const about = { project: LAB_PROJECT, displayName: "", description: "", disabled: false };
    const post = async (path: string, body: object) =>
      assert.equal((await control(state, "POST", `/resources/gcp/${path}`, body)).status, 201);
    await post("identity-pools", { ...about, poolId });
    await post("identity-pool-providers", {
      ...{ ...about, poolId, providerId: "pulumi-deployments", issuerUri: ISSUER, allowedAudiences: [organization] },
      attributeMapping: { "google.subject": "assertion.sub" },
      attributeCondition: `assertion.org == '${organization}'`,
    });
    const project = join(packageRoot(), "tests", "engine", "programs", "outbound");
    const clouds = config(made({ poolId }), { environments: "false" });
    const heir = new Engine(state, { project, stack: "gcp-heir", config: clouds });
    await heir.init();
    const adopt = async (what: "pool" | "provider", id: string) => {
      const output = await fails(heir.up());
      const said = new RegExp(
        `GCP_ID_TAKEN: project ${LAB_PROJECT} has a ${what} \\S+, or had it .+ \\(at gcp\\.${what}Id\\)\\. Fix: give another id; or run .+ undelete .+ and \`pulumi import (\\S+) (\\S+) ID\``,
      );
      const [, type = assert.fail(output), logicalName = ""] = said.exec(output) ?? [];
      const where = ["--stack", heir.stack, "--cwd", project, "--yes", "--protect=false", "--generate-code=false"];
      await ok(heir.run(["import", type, logicalName, id, ...where]));
    };
    await adopt("pool", name);
    await adopt("provider", `${name}/providers/pulumi-deployments`);
    await ok(heir.up());
    // The provider that somebody made by hand is now what the trust was proven with.
    const { body } = await resource<IdentityProvider>(
      "GET",
      `identity-pool-providers/${encodeURIComponent(`${name}/providers/pulumi-deployments`)}`,
    );
    assert.ok("attribute.stack" in body.attributeMapping, JSON.stringify(body.attributeMapping));
    await ok(heir.up(["--refresh", "--expect-no-changes"]));
    await ok(heir.destroy());
    assert.equal((await resource("GET", `identity-pools/${encodeURIComponent(name)}`)).status, 404);
  });
});
