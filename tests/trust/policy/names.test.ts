import { checkNamespace, checkOrganization, checkServiceAccountName } from "../../../trust/policy/names";
import { refused } from "../../helpers/refused";

const LONGEST = "a".repeat(63);

describe("trust/policy/names", () => {
  it("accepts organization names and refuses what is none", () => {
    for (const name of ["acme", "Acme-Corp", "acme_2", "a", "9lives"]) {
      checkOrganization(name);
    }
    for (const name of ["", " ", "\t"]) {
      refused(() => checkOrganization(name), "ORGANIZATION_EMPTY", "organization");
    }
    for (const name of [
      "acme corp",
      " acme",
      "acme\n",
      "https://app.pulumi.com/acme",
      "acme/prod",
      "-acme",
      "a*",
      "a?",
    ]) {
      refused(() => checkOrganization(name), "ORGANIZATION_INVALID", "organization", `"${name.trimEnd()}`);
    }
  });

  it("refuses organizations with a dot, which a policy can't tell from others [A7]", () => {
    refused(() => checkOrganization("acme.io"), "ORGANIZATION_INVALID", "organization");
    checkOrganization("acme-io");
  });

  const labels = ["a", "9", "pulumi", "team-a", "a-1-b", LONGEST];
  const none = ["", "-a", "a-", "A", "a_b", "a b", "a.b", "a*", "a:b", "a\n", "ä", `${LONGEST}a`];

  it("accepts namespaces and refuses what the API server would", () => {
    labels.forEach(checkNamespace);
    for (const name of none) {
      refused(() => checkNamespace(name), "NAMESPACE_INVALID", "namespace", `"${name.trimEnd()}`);
    }
  });

  it("accepts ServiceAccount names and refuses those that a policy can't match exactly", () => {
    labels.forEach(checkServiceAccountName);
    for (const name of none) {
      refused(
        () => checkServiceAccountName(name),
        "SERVICE_ACCOUNT_NAME_INVALID",
        "serviceAccountName",
        `"${name.trimEnd()}`,
      );
    }
  });
});
