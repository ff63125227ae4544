import assert from "node:assert/strict";
import {
  broadAzureRole,
  checkAzureRole,
  checkAzureRoles,
  roleAssignmentName,
  roleDefinitionId,
} from "../../../../trust/parties/azure";
import { refused } from "../../../helpers/refused";

const SUBSCRIPTION = "/subscriptions/11111111-2222-4333-8444-555555555555";
const GROUP = `${SUBSCRIPTION}/resourceGroups/site`;
const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/acme`;
const MANAGEMENT = "/providers/Microsoft.Management/managementGroups/acme";
const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const WHERE = "azure.identity.roleAssignments";
const DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions";

describe("trust/parties/azure/role", () => {
  it("takes built-in roles by name, and any by id", () => {
    const ids = [READER, READER.toUpperCase(), `${DEFINITIONS}/${READER}`, `${SUBSCRIPTION}${DEFINITIONS}/${READER}`];
    for (const role of ["Reader", "Storage Blob Data Contributor", ...ids]) {
      checkAzureRole({ role }, WHERE);
    }
  });

  it("refuses other names, and what is near an id", () => {
    for (const role of [
      "",
      "reader",
      "Reader ",
      "constructor",
      "Site Deployer",
      READER.slice(1),
      `${READER}\n`,
      `${DEFINITIONS}/Reader`,
      `${GROUP}${DEFINITIONS}/${READER}`,
      `${DEFINITIONS}/${READER}/`,
    ]) {
      refused(() => checkAzureRole({ role }, WHERE), "AZURE_ROLE_INVALID", `${WHERE}.role`, "az role definition list");
    }
  });

  it("takes the scopes that roles are given on, in any case", () => {
    const blob = `${ACCOUNT}/blobServices/default/containers/state`;
    const lock = `${SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/one`;
    for (const scope of [SUBSCRIPTION, GROUP, GROUP.toLowerCase(), ACCOUNT, blob, lock, MANAGEMENT]) {
      checkAzureRole({ scope }, WHERE);
    }
  });

  it("refuses what is near a scope", () => {
    for (const scope of [
      "",
      "/",
      "site",
      "/subscriptions/acme",
      `${SUBSCRIPTION}/`,
      `${GROUP}/`,
      `${SUBSCRIPTION}/resourceGroups`,
      `${GROUP}/providers/Microsoft.Storage`,
      `${GROUP}/providers/Microsoft.Storage/storageAccounts`,
      `${MANAGEMENT}/site`,
      `https://management.azure.com${GROUP}`,
    ]) {
      refused(() => checkAzureRole({ scope }, WHERE), "AZURE_ROLE_INVALID", `${WHERE}.scope`);
    }
  });

  it("refuses one role twice on one scope, however it is written", () => {
    const twice = [
      { role: "Reader", scope: GROUP },
      { role: READER.toUpperCase(), scope: GROUP.toLowerCase() },
    ];
    refused(() => checkAzureRoles(twice, WHERE), "AZURE_ROLE_INVALID", `${WHERE}[1]`, "twice");
    checkAzureRoles(
      [
        { role: "Reader", scope: GROUP },
        { role: "Reader", scope: ACCOUNT },
        { role: "AcrPull", scope: GROUP },
      ],
      WHERE,
    );
  });

  it("looks for a role's definition where the scope is", () => {
    const of = (role: string, scope: string) => roleDefinitionId({ role, scope });
    assert.equal(of("Reader", ACCOUNT), `${SUBSCRIPTION}${DEFINITIONS}/${READER}`);
    assert.equal(of(READER, SUBSCRIPTION), `${SUBSCRIPTION}${DEFINITIONS}/${READER}`);
    assert.equal(of("Reader", MANAGEMENT), `${DEFINITIONS}/${READER}`);
    assert.equal(of(`${SUBSCRIPTION}${DEFINITIONS}/${READER}`, MANAGEMENT), `${SUBSCRIPTION}${DEFINITIONS}/${READER}`);
  });

  it("names an assignment by principal, role and scope, and by nothing else", () => {
    const assignment = { role: "Reader", scope: GROUP };
    const name = roleAssignmentName(assignment, "principal");
    assert.match(name, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(roleAssignmentName({ role: READER, scope: GROUP.toUpperCase() }, "Principal"), name);
    const others = [
      roleAssignmentName({ ...assignment, role: "AcrPull" }, "principal"),
      roleAssignmentName({ ...assignment, scope: ACCOUNT }, "principal"),
      roleAssignmentName(assignment, "principal2"),
    ];
    assert.equal(new Set([name, ...others]).size, 4);
  });

  it("says which roles are more than a workload needs", () => {
    const broad = (role: string, scope: string) => broadAzureRole({ role, scope });
    for (const role of ["Owner", "User Access Administrator", "Role Based Access Control Administrator"]) {
      assert.match(broad(role, ACCOUNT) ?? "", /any role/, role);
    }
    assert.match(broad("Contributor", SUBSCRIPTION) ?? "", /subscription/);
    assert.match(broad("B24988AC-6180-42a0-ab88-20f7382dd24c", MANAGEMENT) ?? "", /management group/);
    assert.equal(broad("Contributor", GROUP), undefined);
    assert.equal(broad("Reader", SUBSCRIPTION), undefined);
  });
});
