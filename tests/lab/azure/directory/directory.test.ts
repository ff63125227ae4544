import assert from "node:assert/strict";
import { Directory } from "../../../../lab/azure/directory";
import { defaultAzureSwitches } from "../../../../lab/azure/switches";
import { LAB_SUBSCRIPTION_ID } from "../../../../lab/azure/tenant";
import { ServiceError } from "../../../../lab/providers/cloud/service-error";

const PLACE = { resourceGroup: "runners", location: "westeurope", tags: {} };
const credential = (name: string, more: object = {}) => ({
  name,
  issuer: "https://api.pulumi.com/oidc",
  subject: `subject-of-${name}`,
  audiences: ["acme"],
  ...more,
});
const refusal = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ServiceError, String(error));
  assert.equal(error.code, code);
  assert.match(error.what, words);
  return true;
};

describe("lab/azure/directory", () => {
  const directory = () => new Directory(Date.now, { ...defaultAzureSwitches(), writeMs: 5 });

  describe("credentials of a managed identity", () => {
    it("are written one at a time, others in parallel", async () => {
      const { identities } = directory();
      const [one, other] = ["one", "other"].map((name) => identities.put({ name, ...PLACE }).id) as [string, string];
      const [first, second, third] = await Promise.allSettled([
        identities.putCredential(one, credential("first")),
        identities.putCredential(one, credential("second")),
        identities.putCredential(other, credential("third")),
      ]);
      assert.deepEqual([first.status, second.status, third.status], ["fulfilled", "rejected", "fulfilled"]);
      const conflict = refusal(
        "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
        /userassignedidentities\/one'\. Concurrent/,
      );
      assert.ok(second.status === "rejected" && conflict(second.reason));
      assert.equal((second as PromiseRejectedResult).reason.httpStatus, 409);
      await identities.putCredential(one, credential("second"));
      const removals = [identities.removeCredential(one, "first"), identities.removeCredential(one, "second")];
      const [gone, kept] = await Promise.allSettled(removals);
      assert.deepEqual([gone?.status, kept?.status], ["fulfilled", "rejected"]);
      assert.throws(() => identities.credential(one, "first"), refusal("NotFound", /first/));
      assert.equal(identities.credential(one, "second").name, "second");
    });

    it("are twenty, by whatever names", async () => {
      const { identities } = directory();
      const { id } = identities.put({ name: "full", ...PLACE });
      for (let index = 0; index < 20; index++) await identities.putCredential(id, credential(`number-${index}`));
      await assert.rejects(
        identities.putCredential(id, credential("number-20")),
        refusal("BadRequest", /^Too many Federated Identity Credentials$/),
      );
      await identities.putCredential(id, credential("number-19", { subject: "another" }));
      await identities.removeCredential(id, "number-0");
      await identities.putCredential(id, credential("number-20"));
    });

    it("are refused in the documented words", async () => {
      const { identities } = directory();
      const { id } = identities.put({ name: "picky", ...PLACE });
      await identities.putCredential(id, credential("good"));
      const wrong: [object, RegExp][] = [
        [credential("ab"), /name 'ab' is invalid/],
        [credential("-abc"), /name '-abc' is invalid/],
        [credential("x".repeat(121)), /is invalid/],
        [credential("bad", { audiences: [] }), /exactly one audience/],
        [credential("bad", { audiences: ["a", "b"] }), /exactly one audience/],
        [credential("bad", { issuer: "" }), /empty properties/],
        [credential("bad", { subject: "" }), /empty properties/],
        [credential("bad", { subject: "x".repeat(601) }), /600/],
        [credential("bad", { subject: "subject-of-good" }), /combination already exists/],
      ];
      for (const [settings, words] of wrong) {
        await assert.rejects(identities.putCredential(id, settings as never), refusal("BadRequest", words));
      }
      await identities.putCredential(id, credential("x".repeat(120), { subject: "x".repeat(600) }));
      await identities.putCredential(id, credential("good", { audiences: ["other"] }));
      await identities.putCredential(
        id,
        credential("elsewhere", { issuer: "https://other.example", subject: "subject-of-good" }),
      );
      const far = identities.put({ name: "far", ...PLACE, location: "New Zealand North" });
      await assert.rejects(
        identities.putCredential(far.id, credential("any")),
        refusal("MethodNotAllowed", /not enabled/),
      );
    });
  });

  it("knows identities by ids without regard to case, and keeps who they are", () => {
    const { identities } = directory();
    const made = identities.put({ name: "runner", ...PLACE });
    const changed = identities.put({ name: "runner", ...PLACE, tags: { team: "a" } });
    assert.deepEqual(changed, { ...made, tags: { team: "a" } });
    assert.equal(identities.get(made.id.toUpperCase()).clientId, made.clientId);
    identities.remove(made.id);
    assert.throws(
      () => identities.get(made.id),
      refusal("ResourceNotFound", /'runner'|runner' under resource group 'runners'/),
    );
    assert.throws(() => identities.put({ name: "a b", ...PLACE }), refusal("InvalidResourceName", /a b/));
  });

  it("gives roles to principals that are there, once each", () => {
    const { identities, roleAssignments } = directory();
    const { principalId } = identities.put({ name: "runner", ...PLACE });
    const scope = `/subscriptions/${LAB_SUBSCRIPTION_ID}/resourceGroups/site`;
    const good = {
      name: "0f0f0f0f-0000-4000-8000-000000000001",
      ...{ scope, principalId, principalType: "ServicePrincipal" },
      roleDefinitionId: `/subscriptions/${LAB_SUBSCRIPTION_ID}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
      ...{ condition: "", conditionVersion: "", description: "" },
    };
    const wrong: [object, string][] = [
      [{ name: "reader" }, "InvalidRoleAssignmentId"],
      [{ principalId: "00000000-0000-0000-0000-000000000000" }, "PrincipalNotFound"],
      [{ principalType: "User" }, "UnmatchedPrincipalType"],
      [{ roleDefinitionId: "Reader" }, "RoleDefinitionDoesNotExist"],
      [{ scope: "/subscriptions/00000000-0000-0000-0000-000000000000" }, "SubscriptionNotFound"],
    ];
    for (const [difference, code] of wrong) {
      assert.throws(() => roleAssignments.create({ ...good, ...difference }), refusal(code, /./));
    }
    const { id } = roleAssignments.create(good);
    assert.equal(roleAssignments.get(id.toUpperCase()).scope, scope);
    const again = { ...good, name: "0f0f0f0f-0000-4000-8000-000000000002" };
    assert.throws(() => roleAssignments.create(again), refusal("RoleAssignmentExists", /already exists/));
    roleAssignments.create({ ...again, scope: `${scope}2` });
    roleAssignments.remove(id);
    assert.throws(() => roleAssignments.remove(id), refusal("RoleAssignmentNotFound", /./));
  });

  it("keeps applications, with one service principal each", () => {
    const { applications } = directory();
    const settings = { displayName: "site", description: "", notes: "", tags: [], owners: [] };
    const { id, appId } = applications.create(settings);
    const principal = { appId, accountEnabled: true, description: "", notes: "", tags: [], owners: [] };
    const made = applications.createPrincipal(principal);
    assert.throws(
      () => applications.createPrincipal(principal),
      refusal("Request_MultipleObjectsWithSameKeyValue", /already in use/),
    );
    assert.throws(
      () => applications.createPrincipal({ ...principal, appId: "none" }),
      refusal("Request_ResourceNotFound", /'none' does not exist/),
    );
    applications.putCredential(id, credential("prod"));
    assert.equal(applications.update(id, { ...settings, displayName: "shop" }).appId, appId);
    assert.equal(applications.updatePrincipal(made.id, { ...principal, notes: "n" }).notes, "n");
    assert.equal(applications.credential(id, "prod").audiences[0], "acme");
    applications.removeCredential(id, "prod");
    assert.throws(() => applications.credential(id, "prod"), refusal("Request_ResourceNotFound", /prod/));
    applications.remove(id);
    assert.throws(() => applications.principal(made.id), refusal("Request_ResourceNotFound", /./));
    assert.throws(() => applications.get(id), refusal("Request_ResourceNotFound", /./));
  });
});
