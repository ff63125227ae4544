import { checkDefinitions } from "../../../trust/policy/check";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { refused } from "../../helpers/refused";

const GOOD: PolicyDefinition = {
  decision: "allow",
  tokenType: "organization",
  rules: { aud: "urn:pulumi:org:acme", '"kubernetes.io".namespace': "pulumi" },
};

describe("trust/policy/check", () => {
  it("accepts what Pulumi Cloud accepts", () => {
    checkDefinitions([
      GOOD,
      { ...GOOD, tokenType: "team", teamName: "plat*" },
      { ...GOOD, tokenType: "personal", userLogin: "ada" },
      { ...GOOD, tokenType: "runner", runnerID: "r-1" },
      { ...GOOD, decision: "deny", rules: {} },
      { ...GOOD, roleID: "role-1", authorizedPermissions: ["admin"] },
      { ...GOOD, tokenType: "team", teamName: "web", authorizedPermissions: [], userLogin: "" },
      { ...GOOD, tokenType: "team", teamName: "web", authorizedPermissions: ["standard"] },
    ]);
  });

  const bad: [string, Partial<Record<keyof PolicyDefinition, unknown>>, string, string][] = [
    ["another decision", { decision: "Allow" }, "POLICY_INVALID", "policies[1].decision"],
    ["no decision", { decision: undefined }, "POLICY_INVALID", "policies[1].decision"],
    ["another token type", { tokenType: "org" }, "POLICY_INVALID", "policies[1].tokenType"],
    ["a team without name", { tokenType: "team" }, "POLICY_INVALID", "policies[1].teamName"],
    ["a team with an empty name", { tokenType: "team", teamName: "" }, "POLICY_INVALID", "policies[1].teamName"],
    ["a person without login", { tokenType: "personal" }, "POLICY_INVALID", "policies[1].userLogin"],
    ["a runner without id", { tokenType: "runner" }, "POLICY_INVALID", "policies[1].runnerID"],
    [
      "a team of a personal token",
      { tokenType: "personal", userLogin: "ada", teamName: "web" },
      "POLICY_INVALID",
      "policies[1].teamName",
    ],
    ["a person of an organization token", { userLogin: "ada" }, "POLICY_INVALID", "policies[1].userLogin"],
    [
      "a runner of a team token",
      { tokenType: "team", teamName: "web", runnerID: "r" },
      "POLICY_INVALID",
      "policies[1].runnerID",
    ],
    [
      "a role of a team token",
      { tokenType: "team", teamName: "web", roleID: "r" },
      "POLICY_INVALID",
      "policies[1].roleID",
    ],
    [
      "an administrator's team token",
      { tokenType: "team", teamName: "web", authorizedPermissions: ["admin"] },
      "POLICY_INVALID",
      "policies[1].authorizedPermissions",
    ],
    [
      "an administrator's runner token",
      { tokenType: "runner", runnerID: "r", authorizedPermissions: ["admin"] },
      "POLICY_INVALID",
      "policies[1].authorizedPermissions",
    ],
    ["another permission", { authorizedPermissions: ["Admin"] }, "POLICY_INVALID", "policies[1].authorizedPermissions"],
    ["a rule that is a number", { rules: { aud: "a", repository_id: 7 } }, "POLICY_INVALID", "policies[1].rules"],
    [
      "a pattern that no value is compared with",
      { rules: { aud: "a".repeat(4097) } },
      "POLICY_INVALID",
      "policies[1].rules",
    ],
    ["an allow without rules", { rules: {} }, "POLICY_ALLOWS_ALL", "policies[1].rules"],
    ["an allow with rules of null", { rules: null }, "POLICY_ALLOWS_ALL", "policies[1].rules"],
  ];
  for (const [what, change, code, where] of bad) {
    it(`refuses ${what}`, () =>
      refused(() => checkDefinitions([GOOD, { ...GOOD, ...change } as PolicyDefinition]), code, where));
  }

  it("refuses an empty list and a malformed claim path", () => {
    refused(() => checkDefinitions([]), "POLICY_EMPTY", "policies");
    refused(() => checkDefinitions([{ ...GOOD, rules: { "kubernetes.io.": "x" } }]), "CLAIM_PATH_INVALID");
  });
});
