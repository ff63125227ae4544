import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import type { Application, Credential, Identity, RoleAssignment } from "../../lab/azure";
import { LAB_SUBSCRIPTION_ID } from "../../lab/azure/tenant";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import type { Claims } from "../../trust/claims";
import { assertOneDiagnostic, fails, ok, resourcesOf } from "./support/engine";
import { control, entraToken } from "./support/http";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

const SCOPE = `/subscriptions/${LAB_SUBSCRIPTION_ID}/resourceGroups/site`;
const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";
const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";
const USUAL = ["destroy", "preview", "refresh", "update"];

describe("trusts of Azure in Pulumi Cloud, with the real engine", () => {
  let state: LabState;
  let organization: string;
  const project = join(packageRoot(), "tests", "engine", "programs", "outbound");

  const config = (azure: object, more: Record<string, string> = {}) => ({
    ...{ organization, stack: "prod", environments: "false" },
    ...{ clouds: JSON.stringify({ azure }), ...more },
  });
  const made = (more: object = {}) => ({ identity: { resourceGroupName: "outbound", ...more } });
  const engine = async (stack: string, settings: Record<string, string>) => {
    const one = new Engine(state, { project, stack, config: settings });
    await one.init();
    return one;
  };

  /** What Azure has in the tests' resource group. */
  async function inAzure() {
    const { body } = await control<{ identities: { identity: Identity; credentials: Credential[] }[] }>(
      state,
      "GET",
      "/azure/identities",
    );
    return body.identities.filter(({ identity }) => identity.resourceGroup.startsWith("outbound"));
  }
  const subjects = async (resourceGroup = "outbound") =>
    (await inAzure())
      .filter(({ identity }) => identity.resourceGroup === resourceGroup)
      .map(({ credentials }) =>
        credentials
          .map(({ subject = "" }) => /:stack:([^:]+):operation:([^:]+):/.exec(subject)?.slice(1).join("/") ?? subject)
          .sort(),
      );
  const clientIds = async (one: Engine) => ((await one.outputs()) as { clientIds: string[] }).clientIds;

  /** What Entra ID says to a deployment's token: `ok`, or its code. */
  async function decide(clientId: string | undefined, claims: Claims = {}): Promise<string> {
    const given = { project: "site", stack: "prod", operation: "update", ...claims };
    const request = { issuer: "pulumiDeployments", claims: given };
    const { body } = await control<{ token: string }>(state, "POST", "/pulumi-cloud/token", request);
    const { status, code } = await entraToken(state, clientId ?? "", body.token);
    return status === 200 ? "ok" : String(code);
  }

  before(async () => {
    state = await labStarted();
    organization = state.pulumiCloud.organization;
  });

  describe("with managed identities", () => {
    let owner: Engine;
    before(async () => {
      const roleAssignments = [{ role: "Contributor", scope: SCOPE }];
      owner = await engine("azure-owner", config(made({ roleAssignments }), { environments: "true" }));
    });

    it("up makes identities, their credentials one after the other, and roles", async () => {
      await ok(owner.preview());
      await ok(owner.up());
      const types = (await resourcesOf(owner)).map(({ type }) => type.split(":").pop());
      const count = (kind: string) => types.filter((type) => type === kind).length;
      assert.deepEqual(["UserAssignedIdentity", "FederatedIdentityCredential", "RoleAssignment"].map(count), [2, 5, 2]);
      const [clientId] = await clientIds(owner);
      assert.equal(await decide(clientId), "ok");
      assert.equal(await decide(clientId, { stack: "dev" }), "700213");
      assert.equal(await decide(clientId, { aud: `azure:${organization}` }), "700212");
      const { environmentDefinition = "", settingsCommand = "" } = (await owner.outputs()) as Record<string, string>;
      assert.match(settingsCommand, new RegExp(`--oidc-azure-client-id ${clientId} --oidc-azure-tenant-id`));
      assert.match(settingsCommand, new RegExp(`--oidc-azure-subscription-id ${LAB_SUBSCRIPTION_ID}$`));
      const { values } = parse(environmentDefinition) as { values: { azure: { login: object } } };
      assert.match(JSON.stringify(values.azure.login), /"fn::open::azure-login":\{"clientId":"[\da-f-]{36}"/);
      const { body } = await control<{ roleAssignments: RoleAssignment[] }>(state, "GET", "/azure/role-assignments");
      const principals = (await inAzure()).map(({ identity }) => identity.principalId);
      const held = body.roleAssignments.filter(({ principalId }) => principals.includes(principalId));
      assert.deepEqual(
        held.map(({ scope }) => scope),
        [SCOPE, SCOPE],
      );
    });

    it("a second up finds nothing to do", async () => {
      await ok(owner.preview(["--expect-no-changes"]));
      await ok(owner.up(["--refresh", "--expect-no-changes"]));
    });

    it("a credential that somebody changed is found by a refresh, and mended", async () => {
      const found = (await inAzure()).find(({ credentials }) => credentials.length === 4) ?? assert.fail();
      const [credential] = found.credentials as [Credential];
      const path = `/resources/azure/identities/${encodeURIComponent(found.identity.id)}/credentials`;
      await control(state, "PUT", path, { ...credential, subject: credential.subject?.replace(":prod:", ":dev:") });
      await ok(owner.up(["--refresh"]));
      assert.deepEqual((await subjects()).sort(), [USUAL.map((operation) => `prod/${operation}`), [environment()]]);
    });
    const environment = () =>
      `pulumi:environments:pulumi.organization.login:${organization}:currentEnvironment.name:site/prod`;

    it("another stack in the trust changes credentials, and not the identity", async () => {
      const [before] = await clientIds(owner);
      owner.configure(config(made(), { stack: "test,prod" }));
      await ok(owner.up());
      const [clientId] = await clientIds(owner);
      assert.equal(clientId, before);
      assert.deepEqual([await decide(clientId), await decide(clientId, { stack: "test" })], ["ok", "ok"]);
      owner.configure(config(made(), { stack: "test" }));
      await ok(owner.up());
      assert.deepEqual([await decide(clientId), await decide(clientId, { stack: "test" })], ["700213", "ok"]);
      await ok(owner.up(["--refresh", "--expect-no-changes"]));
    });

    it("stacks that are taken out from beginning and end go one credential after the other", async () => {
      owner.configure(config(made(), { stack: "test,s1,s2" }));
      await ok(owner.up());
      owner.configure(config(made(), { stack: "s1" }));
      await ok(owner.up());
      assert.deepEqual(await subjects(), [USUAL.map((operation) => `s1/${operation}`)]);
    });

    it("five stacks fit; a sixth is refused, and nothing is written", async () => {
      owner.configure(config(made(), { stack: "s1,s2,s3,s4,s5" }));
      await ok(owner.up());
      const before = await inAzure();
      assert.deepEqual(
        before.map(({ credentials }) => credentials.length),
        [20],
      );
      owner.configure(config(made(), { stack: "s1,s2,s3,s4,s5,s6" }));
      assertOneDiagnostic(await fails(owner.up()), "AZURE_CREDENTIALS_TOO_MANY");
      assert.deepEqual(await inAzure(), before);
    });

    it("six stacks have an identity each where that is asked for, and keep it when one of them goes", async () => {
      const stacks = ["s1", "s2", "s3", "s4", "s5", "s6"];
      owner.configure(config({ ...made(), split: true }, { stack: stacks.join() }));
      await ok(owner.up());
      assert.deepEqual(
        (await inAzure()).map(({ credentials }) => credentials.length),
        stacks.map(() => 4),
      );
      const ids = await clientIds(owner);
      const decisions = await Promise.all(ids.map((id) => decide(id, { stack: "s6" })));
      assert.deepEqual(decisions, [...Array(5).fill("700213"), "ok"]);
      owner.configure(config({ ...made(), split: true }, { stack: stacks.slice(1).join() }));
      await ok(owner.up());
      assert.deepEqual(await clientIds(owner), ids.slice(1));
      assert.equal(await decide(ids[0], { stack: "s1" }), "700016");
    });

    it("any stack is refused, because Azure compares exactly, and nothing is written", async () => {
      const before = await inAzure();
      owner.configure(config(made(), { stack: "*" }));
      assertOneDiagnostic(await fails(owner.up()), "SUBJECT_INVALID");
      assert.deepEqual(await inAzure(), before);
    });

    it("destroy takes away what the stack made", async () => {
      await ok(owner.destroy());
      assert.deepEqual(await inAzure(), []);
    });
  });

  describe("with what is there already", () => {
    let identity: Identity;
    before(async () => {
      const settings = { name: "theirs", resourceGroup: "outbound-theirs", location: "westeurope", tags: {} };
      identity = (await control<Identity>(state, "PUT", "/resources/azure/identities", settings)).body;
      const theirs = { name: "theirs", issuer: "https://ci.example.com", subject: "job", audiences: ["api"] };
      const path = `/resources/azure/identities/${encodeURIComponent(identity.id)}`;
      await control(state, "PUT", `${path}/credentials`, theirs);
    });

    it("two trusts add credentials to an identity one after the other, and leave its own alone", async () => {
      const guest = await engine("azure-guest", config({ identityId: identity.id }, { environments: "true" }));
      await ok(guest.up());
      await ok(guest.up(["--refresh", "--expect-no-changes"]));
      const types = (await resourcesOf(guest)).map(({ type }) => type);
      assert.deepEqual([types.includes(IDENTITY), types.filter((type) => type === CREDENTIAL).length], [false, 5]);
      assert.deepEqual(
        [await decide(identity.clientId), await decide(identity.clientId, { stack: "x" })],
        ["ok", "700213"],
      );
      await ok(guest.destroy());
      assert.deepEqual(await subjects("outbound-theirs"), [["job"]]);
    });

    it("20 credentials of two trusts fit; the 21st is refused, and nothing is written", async () => {
      const settings = { name: "full", resourceGroup: "outbound-full", location: "westeurope", tags: {} };
      const { body: full } = await control<Identity>(state, "PUT", "/resources/azure/identities", settings);
      const fits = config({ identityId: full.id }, { stack: "s1,s2,s3,s4,s5" });
      const both = await engine("azure-full", { ...fits, environments: "true" });
      assertOneDiagnostic(await fails(both.up()), "AZURE_CREDENTIALS_TOO_MANY");
      assert.deepEqual(await subjects("outbound-full"), [[]]);
      both.configure(fits);
      await ok(both.up());
      const [before = []] = await subjects("outbound-full");
      assert.equal(before.length, 20);
      both.configure({ ...fits, environments: "true" });
      assertOneDiagnostic(await fails(both.up()), "AZURE_CREDENTIALS_TOO_MANY");
      assert.deepEqual(await subjects("outbound-full"), [before]);
      await ok(both.destroy());
      await control(state, "DELETE", `/resources/azure/identities/${encodeURIComponent(full.id)}`);
    });

    it("Azure refuses the 21st where it alone knows of one, and destroy takes away the others", async () => {
      const crowd = await engine("azure-crowd", config({ identityId: identity.id }, { stack: "s1,s2,s3,s4,s5" }));
      assert.match(await fails(crowd.up()), /BadRequest: Too many Federated Identity Credentials/);
      assert.equal((await subjects("outbound-theirs"))[0]?.length, 20);
      await ok(crowd.destroy());
      assert.deepEqual(await subjects("outbound-theirs"), [["job"]]);
    });

    it("an identity that is not there is told of, and nothing is made", async () => {
      const nobody = await engine("azure-nobody", config({ identityId: identity.id.replace("theirs/", "none/") }));
      const output = await fails(nobody.up());
      assert.match(output, /ResourceNotFound/);
      assert.deepEqual(
        (await resourcesOf(nobody)).map(({ type }) => type),
        ["oidc-runner:index:DeploymentsOidcTrust"],
      );
    });

    it("an application takes credentials too, and keeps its principal", async () => {
      const blank = { description: "", notes: "", tags: [], owners: [] };
      const application = { ...blank, displayName: "theirs" };
      const { body } = await control<Application>(state, "POST", "/resources/azure/applications", application);
      const azure = { applicationId: `/applications/${body.id}`, subscriptionId: LAB_SUBSCRIPTION_ID };
      const guest = await engine("azure-guest-application", config(azure));
      // Roles are given to a principal, so without one the application is of no use.
      assert.match(await fails(guest.up()), /No service principal found/);
      const principal = { ...blank, appId: body.appId, accountEnabled: true };
      await control(state, "POST", "/resources/azure/service-principals", principal);
      await ok(guest.up());
      await ok(guest.up(["--refresh", "--expect-no-changes"]));
      assert.deepEqual([await decide(body.appId), await decide(body.appId, { stack: "dev" })], ["ok", "700213"]);
      await ok(guest.destroy());
      // It has no credentials any more.
      assert.equal(await decide(body.appId), "70025");
    });

    it("an identity can be imported, and is the component's then", async () => {
      const settings = { name: "mine", resourceGroup: "outbound", location: "westeurope", tags: {} };
      const { body } = await control<Identity>(state, "PUT", "/resources/azure/identities", settings);
      const azure = made({ name: "mine", location: "westeurope" });
      const heir = await engine("azure-heir", config(azure, { imports: JSON.stringify({ [IDENTITY]: body.id }) }));
      await ok(heir.up());
      assert.deepEqual(await clientIds(heir), [body.clientId]);
      assert.equal(await decide(body.clientId), "ok");
      heir.configure(config(azure));
      await ok(heir.up(["--refresh", "--expect-no-changes"]));
      await ok(heir.destroy());
      assert.deepEqual(await subjects(), []);
    });
  });

  it("an application is made with its principal, trusts, and goes again", async () => {
    const roleAssignments = [{ role: "Reader", scope: SCOPE }];
    const azure = { application: { displayName: "Pulumi", roleAssignments }, subscriptionId: LAB_SUBSCRIPTION_ID };
    const application = await engine("azure-application", config(azure));
    await ok(application.up());
    await ok(application.up(["--refresh", "--expect-no-changes"]));
    const types = (await resourcesOf(application)).map(({ type }) => type.split(":").pop()).sort();
    assert.deepEqual(types, [
      ...["Application", ...Array(4).fill("ApplicationFederatedIdentityCredential"), "DeploymentsOidcTrust"],
      ...["RoleAssignment", "ServicePrincipal"],
    ]);
    const [clientId] = await clientIds(application);
    assert.deepEqual([await decide(clientId), await decide(clientId, { project: "shop" })], ["ok", "700213"]);
    await ok(application.destroy());
    assert.equal(await decide(clientId), "700016");
  });
});
