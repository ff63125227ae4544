import assert from "node:assert/strict";
import { languageOf } from "../../../../../trust/parties/azure/evaluate/match-expression";

describe("trust/parties/azure/evaluate/match-expression: languageOf", () => {
  it("knows the issuers Microsoft names, and none that look like them", () => {
    const claims = (issuer: string) => Object.keys(languageOf(issuer)?.claims ?? {});
    const github = ["sub", "job_workflow_ref", "repository_id", "repository_owner_id"];
    const gitlab = ["sub", "project_id", "namespace_id", "user_id"];
    const table: [string, string[]][] = [
      ["https://token.actions.githubusercontent.com", github],
      ["https://token.actions.githubusercontent.com/", []],
      ["http://token.actions.githubusercontent.com", []],
      ["https://token.actions.githubusercontent.com.evil.example", []],
      ["https://gitlab.com", gitlab],
      ["https://gitlab.example.com", gitlab],
      ["https://gitlab.example.ca", gitlab],
      ["https://gitlab.ca", []],
      ["https://gitlab.example.org", []],
      ["https://gitlab.example.com/path", []],
      ["https://xgitlab.com", []],
      ["https://app.terraform.io", ["sub"]],
      ["https://app.eu.terraform.io", ["sub"]],
      ["https://app.us.terraform.io", []],
      ["https://app.terraform.io.evil.example", []],
      ["https://gitlab.example.ca.evil.example", []],
      ["https://gitlab.com.evil.example", []],
      ...["https://app.terraform.io", "https://gitlab.com", "https://gitlab.example.ca"].map(
        (issuer): [string, string[]] => [`https://evil.example/${issuer}`, []],
      ),
      ["https://evil.example/https://token.actions.githubusercontent.com", []],
      ["https://issuer.example.com", []],
    ];
    for (const [issuer, expected] of table) {
      assert.deepEqual(claims(issuer), expected, issuer);
    }
  });
});
