import assert from "node:assert/strict";
import { checkSubscriptionId, parseApplicationId, parseIdentityId } from "../../../../trust/parties/azure/resource-id";
import { refused } from "../../../helpers/refused";

const ID = "0f0f0f0f-1111-4222-8333-444444444444";
const IDENTITY = `/subscriptions/${ID}/resourceGroups/pulumi/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer`;
const CODE = "AZURE_IDENTITY_INVALID";

describe("trust/parties/azure/resource-id", () => {
  it("reads the id of an identity, in whatever case", () => {
    const parts = { subscriptionId: ID, resourceGroupName: "pulumi", name: "deployer" };
    assert.deepEqual(parseIdentityId(IDENTITY, "azure.identityId"), parts);
    assert.deepEqual(parseIdentityId(IDENTITY.replace("resourceGroups", "resourcegroups"), "x"), parts);
    for (const wrong of [
      ...["", "deployer", ID, `${IDENTITY}/`, `${IDENTITY}/federatedIdentityCredentials/a`, IDENTITY.slice(1)],
      ...[
        IDENTITY.replace("userAssigned", "systemAssigned"),
        IDENTITY.replace(ID, "acme"),
        IDENTITY.replace("pulumi", ""),
      ],
    ]) {
      refused(
        () => parseIdentityId(wrong, "azure.identityId"),
        CODE,
        "azure.identityId",
        "not the id of a user-assigned",
      );
    }
  });

  it("reads the id of an application, and not its client id", () => {
    assert.equal(parseApplicationId(`/applications/${ID}`, "x"), ID);
    for (const wrong of ["", ID, `/servicePrincipals/${ID}`, `/applications/${ID}/x`, "/applications/site"]) {
      refused(
        () => parseApplicationId(wrong, "azure.applicationId"),
        CODE,
        "azure.applicationId",
        "not the id of an app",
      );
    }
  });

  it("takes the id of a subscription alone", () => {
    checkSubscriptionId(ID, "x");
    checkSubscriptionId(ID.toUpperCase(), "x");
    for (const wrong of ["", `/subscriptions/${ID}`, "acme", `${ID} `]) {
      refused(() => checkSubscriptionId(wrong, "azure.subscriptionId"), CODE, "azure.subscriptionId");
    }
  });
});
