import { checkAzureClient, checkAzureIdentity } from "../../../../trust/parties/azure";
import { refused } from "../../../helpers/refused";

const ID = "11111111-2222-4333-8444-555555555555";

describe("trust/parties/azure/identity", () => {
  it("takes the names that Azure takes", () => {
    checkAzureIdentity({}, "identity");
    for (const name of ["abc", "site-deployer_2", "1".repeat(128)]) {
      checkAzureIdentity({ name }, "identity");
    }
    for (const resourceGroupName of ["a", "Site_(prod).eu", "größe", "a".repeat(90)]) {
      checkAzureIdentity({ resourceGroupName }, "identity");
    }
  });

  it("refuses names that Azure refuses", () => {
    for (const name of ["", "ab", "-abc", "_abc", "a b c", "a.b.c", "1".repeat(129)]) {
      refused(() => checkAzureIdentity({ name }, "identity"), "AZURE_IDENTITY_INVALID", "identity.name");
    }
    for (const resourceGroupName of ["", "site.", "a/b", "a b", "a".repeat(91)]) {
      const where = "identity.resourceGroupName";
      refused(() => checkAzureIdentity({ resourceGroupName }, "identity"), "AZURE_IDENTITY_INVALID", where);
    }
  });

  it("takes ids of Entra ID, and refuses names", () => {
    checkAzureClient({ clientId: ID, tenantId: ID.toUpperCase() }, "azure");
    for (const field of ["clientId", "tenantId"] as const) {
      for (const id of ["", "acme.onmicrosoft.com", `{${ID}}`, ID.slice(1)]) {
        refused(() => checkAzureClient({ [field]: id }, "azure"), "AZURE_IDENTITY_INVALID", `azure.${field}`);
      }
    }
  });

  it("takes an authority's origin over https alone", () => {
    for (const authorityHost of ["https://login.microsoftonline.us/", "https://127.0.0.1:8443"]) {
      checkAzureClient({ authorityHost }, "azure");
    }
    for (const authorityHost of [
      "",
      "login.microsoftonline.com",
      "http://login.microsoftonline.com/",
      "https://login.microsoftonline.com/common",
      "https://login.microsoftonline.com@evil.example",
      "https://login.microsoftonline.com:x",
      "https://login.microsoftonline.com/?a",
    ]) {
      refused(() => checkAzureClient({ authorityHost }, "azure"), "AZURE_IDENTITY_INVALID", "azure.authorityHost");
    }
  });
});
