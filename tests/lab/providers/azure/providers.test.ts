import assert from "node:assert/strict";
import { Iam } from "../../../../lab/aws/iam";
import { PodIdentityAssociations } from "../../../../lab/aws/pod-identity/associations";
import { LAB_SUBSCRIPTION_ID, LAB_TENANT_ID } from "../../../../lab/azure";
import { Directory } from "../../../../lab/azure/directory";
import { GcpIam } from "../../../../lab/gcp/iam";
import { azureAdProvider, azureNativeProvider } from "../../../../lab/providers/azure/provider";
import { resourceRoutes } from "../../../../lab/providers/resource-routes";
import type { Properties, ResourceProvider } from "../../../../plugin/server";
import { routeClient } from "../route-client";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe("the azure-native and azuread providers", () => {
  const iam = new Iam();
  const associations = new PodIdentityAssociations({ roles: iam.roles, regionOf: () => undefined });
  const directory = new Directory(Date.now);
  const app = resourceRoutes({ iam, associations, gcp: new GcpIam(), azure: directory, clusters: () => [] });
  const lab = routeClient(app);
  const [native, azuread] = [azureNativeProvider(lab), azureAdProvider(lab)];

  /** A resource of one of them, as the engine handles it. */
  function resource(provider: ResourceProvider, type: string, name = "site") {
    const about = { urn: `urn:pulumi:s::p::${type}::${name}`, type, name, signal: new AbortController().signal };
    const seed = new Uint8Array([1, 2, 3]);
    return {
      async create(news: Properties, olds: Properties = {}) {
        const { inputs, failures } = await provider.check({ ...about, olds, news, randomSeed: seed });
        assert.deepEqual(failures, []);
        return { inputs, ...(await provider.create({ ...about, inputs, preview: false, timeoutSeconds: 0 })) };
      },
      read: (id: string, state: Properties = {}, inputs: Properties = {}) =>
        provider.read({ ...about, id, state, inputs }),
      update: (id: string, olds: Properties, inputs: Properties) =>
        provider.update({ ...about, id, olds, oldInputs: olds, inputs, preview: false, timeoutSeconds: 0 }),
      replaces: async (id: string, olds: Properties, news: Properties) =>
        (await provider.diff({ ...about, id, oldInputs: olds, olds, news })).changes
          .filter(({ replace }) => replace)
          .map(({ path }) => path),
      delete: (id: string, state: Properties) => provider.delete({ ...about, id, state, timeoutSeconds: 0 }),
    };
  }

  const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";
  const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";
  const trust = { issuer: "https://api.pulumi.com/oidc", subject: "s", audiences: ["acme"] };

  it("make, read, import, change and delete an identity and its credentials", async () => {
    const identities = resource(native, IDENTITY);
    const made = await identities.create({ resourceGroupName: "runners" });
    assert.match(String(made.inputs.resourceName), /^site[\da-f]{8}$/);
    assert.match(String(made.outputs.clientId), UUID);
    assert.deepEqual([made.outputs.location, made.outputs.tenantId], ["westeurope", LAB_TENANT_ID]);
    assert.deepEqual((await identities.read(made.id, made.outputs, made.inputs))?.inputs, made.inputs, "no drift");
    const imported = (await identities.read(made.id))?.inputs;
    assert.deepEqual(imported, { ...made.inputs, tags: {} });
    await assert.rejects(identities.create(made.inputs), /cannot create already existing resource '.*\/userAssigned/);
    const changed = await identities.update(made.id, made.outputs, { ...made.inputs, tags: { team: "a" } });
    assert.deepEqual([changed.clientId, changed.tags], [made.outputs.clientId, { team: "a" }]);
    assert.deepEqual(await identities.replaces(made.id, made.inputs, { ...made.inputs, resourceName: "other" }), [
      "resourceName",
    ]);

    const credentials = resource(native, CREDENTIAL, "prod");
    const names = { resourceGroupName: "runners", resourceName: made.inputs.resourceName };
    const credential = await credentials.create({ ...names, ...trust });
    assert.match(
      credential.id,
      /\/userAssignedIdentities\/site[\da-f]{8}\/federatedIdentityCredentials\/prod[\da-f]{8}$/,
    );
    assert.deepEqual((await credentials.read(credential.id))?.inputs, credential.inputs, "import");
    await credentials.update(credential.id, credential.outputs, { ...credential.inputs, subject: "t" });
    const drifted = await credentials.read(credential.id, credential.outputs, credential.inputs);
    assert.equal(drifted?.inputs?.subject, "t");
    await assert.rejects(resource(native, CREDENTIAL, "prod").create({ ...names, ...trust }), /already existing/);
    await credentials.delete(credential.id, credential.outputs);
    assert.equal(await credentials.read(credential.id), undefined);
    await identities.delete(made.id, made.outputs);
    assert.equal(await identities.read(made.id), undefined);
    await credentials.delete(credential.id, credential.outputs);
  });

  it("make, read and delete a role assignment, which is never changed", async () => {
    const { outputs } = await resource(native, IDENTITY, "roles").create({
      resourceGroupName: "runners",
      resourceName: "roles",
    });
    const assignments = resource(native, "azure-native:authorization:RoleAssignment");
    const scope = `/subscriptions/${LAB_SUBSCRIPTION_ID}/resourceGroups/site`;
    const role = `${scope.slice(0, scope.indexOf("/resource"))}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
    const given = { scope, principalId: outputs.principalId, roleDefinitionId: role };
    // The package's own default is User.
    await assert.rejects(assignments.create(given), /UnmatchedPrincipalType: /);
    const made = await assignments.create({ ...given, principalType: "ServicePrincipal" });
    assert.match(String(made.inputs.roleAssignmentName), UUID);
    assert.equal(
      made.id,
      `${scope}/providers/Microsoft.Authorization/roleAssignments/${String(made.inputs.roleAssignmentName)}`,
    );
    const read = await assignments.read(made.id, made.outputs, made.inputs);
    assert.deepEqual(read?.inputs, made.inputs);
    assert.deepEqual(await assignments.replaces(made.id, made.inputs, { ...made.inputs, scope: `${scope}2` }), [
      "scope",
    ]);
    await assignments.delete(made.id, made.outputs);
    assert.equal(await assignments.read(made.id), undefined);
  });

  it("make, read, import, change and delete an application with its principal and credentials", async () => {
    const applications = resource(azuread, "azuread:index/application:Application");
    const application = await applications.create({ displayName: "site" });
    assert.match(application.id, /^\/applications\/[\da-f-]{36}$/);
    assert.equal(application.outputs.objectId, application.id.slice("/applications/".length));
    const { clientId } = application.outputs;
    const principals = resource(azuread, "azuread:index/servicePrincipal:ServicePrincipal");
    const principal = await principals.create({ clientId });
    assert.equal(principal.id, `/servicePrincipals/${String(principal.outputs.objectId)}`);
    assert.equal(principal.outputs.applicationTenantId, LAB_TENANT_ID);
    assert.equal((await principals.read(principal.id))?.inputs?.clientId, clientId);
    await principals.update(principal.id, principal.outputs, { clientId, notes: "n" });

    const type = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
    const credentials = resource(azuread, type);
    const given = { applicationId: application.id, displayName: "prod", ...trust };
    const credential = await credentials.create(given);
    assert.match(credential.id, /^[\da-f-]{36}\/federatedIdentityCredential\/[\da-f-]{36}$/);
    await assert.rejects(credentials.create(given), /name prod already exists/);
    const imported = await credentials.read(`${application.id.split("/")[2]}/federatedIdentityCredential/prod`);
    assert.deepEqual(imported?.inputs, { ...given, description: "" });
    await credentials.update(credential.id, credential.outputs, { ...given, subject: "t" });
    assert.equal((await credentials.read(credential.id, credential.outputs, credential.inputs))?.inputs?.subject, "t");
    const about = {
      urn: "u",
      type,
      name: "n",
      signal: new AbortController().signal,
      olds: {},
      randomSeed: new Uint8Array(),
    };
    const news = { ...given, applicationId: clientId };
    const { failures } = await azuread.check({ ...about, news });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["applicationId"],
    );
    await credentials.delete(credential.id, credential.outputs);
    assert.equal(await credentials.read(credential.id, credential.outputs), undefined);
    await principals.delete(principal.id, principal.outputs);
    await applications.update(application.id, application.outputs, { displayName: "shop" });
    assert.equal((await applications.read(application.id))?.inputs?.displayName, "shop");
    await applications.delete(application.id, application.outputs);
    assert.equal(await applications.read(application.id), undefined);
  });

  it("tell who calls, and of identities and applications that are there", async () => {
    assert.deepEqual(await native.invoke("azure-native:authorization:getClientConfig", {}), {
      clientId: "00000000-0000-0000-0000-0000000000c1",
      objectId: "00000000-0000-0000-0000-0000000000c2",
      subscriptionId: LAB_SUBSCRIPTION_ID,
      tenantId: LAB_TENANT_ID,
    });
    const { outputs } = await resource(native, IDENTITY).create({
      resourceGroupName: "runners",
      resourceName: "known",
    });
    const args = { resourceGroupName: "runners", resourceName: "known" };
    const found = await native.invoke("azure-native:managedidentity:getUserAssignedIdentity", args);
    assert.equal(found.clientId, outputs.clientId);
    await assert.rejects(
      native.invoke("azure-native:managedidentity:getUserAssignedIdentity", { ...args, resourceName: "none" }),
      /ResourceNotFound: The Resource 'Microsoft.ManagedIdentity\/userAssignedIdentities\/none' under resource group 'runners'/,
    );
    const application = await resource(azuread, "azuread:index/application:Application").create({
      displayName: "known",
    });
    const { objectId } = application.outputs;
    const answer = await azuread.invoke("azuread:index/getApplication:getApplication", { objectId });
    assert.equal(answer.clientId, application.outputs.clientId);
    const { clientId } = application.outputs;
    const principalOf = () => azuread.invoke("azuread:index/getServicePrincipal:getServicePrincipal", { clientId });
    await assert.rejects(principalOf(), /No service principal found matching client ID/);
    const principal = await resource(azuread, "azuread:index/servicePrincipal:ServicePrincipal").create({ clientId });
    assert.equal((await principalOf()).objectId, principal.outputs.objectId);
    assert.equal((await azuread.invoke("azuread:index/getClientConfig:getClientConfig", {})).tenantId, LAB_TENANT_ID);
    await assert.rejects(native.invoke("azure-native:storage:getStorageAccount", {}), {
      code: "LAB_UNSUPPORTED_RESOURCE",
    });
  });
});
