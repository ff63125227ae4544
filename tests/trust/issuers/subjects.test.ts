import assert from "node:assert/strict";
import { issuerUrlOf, type KnownIssuer } from "../../../trust/issuers";
import { compileDefinitions, type DefinitionInput } from "../../../trust/parties/pulumi/compile";
import { reviewDefinitions } from "../../../trust/parties/pulumi/review";
import { refused } from "../../helpers/refused";
import { VECTORS } from "./documented";

type Subject = Record<string, unknown>;

const subjectOf = (key: string): Subject => {
  const policy: Partial<Record<string, unknown>> = VECTORS.find(({ record }) => record === key)?.policy ?? {};
  return (policy[key] ?? assert.fail(key)) as Subject;
};
const rulesOf = (key: string, more: Subject, decision: "allow" | "deny") => {
  const input = { decision, tokenType: "organization", [key]: { ...subjectOf(key), ...more } } as DefinitionInput;
  return compileDefinitions([input], "acme").map(({ definition }) => definition.rules);
};

describe("trust/issuers: subjects of CI systems", () => {
  const denies: [key: string, more: Subject, rules: Record<string, string>][] = [
    [
      "circleci",
      {},
      {
        '"oidc.circleci.com/project-id"': "7c2f6d1e-90ab-4cde-8f01-23456789abcd",
        '"oidc.circleci.com/vcs-ref"': "refs/heads/main",
      },
    ],
    ["circleci", { vcsRef: undefined }, { '"oidc.circleci.com/project-id"': "7c2f6d1e-90ab-4cde-8f01-23456789abcd" }],
    ["buildkite", {}, { sub: "*:ref:refs/heads/main:commit:*", pipeline_id: "0184990a-4782-42b5-afc1-16715b10b110" }],
    ["bitbucket", { branch: undefined }, { repositoryUuid: "{00000001-1111-4222-8333-444444444444}" }],
    [
      "azureDevops",
      { branch: undefined, tag: "v1" },
      {
        org_id: "0ca3ddd9-f0b0-4635-a98c-5866526961b6",
        ...{ prj_id: "271ef6f7-5998-4b0f-86fb-4b54d9129990", def_id: "1", rpo_ref: "refs/tags/v1" },
      },
    ],
    ["terraformCloud", {}, { terraform_workspace_id: "ws-mbsd5E3Ktt5Rg2Xm" }],
    [
      "terraformCloud",
      { runPhase: "plan" },
      { terraform_workspace_id: "ws-mbsd5E3Ktt5Rg2Xm", terraform_run_phase: "plan" },
    ],
  ];
  for (const [key, more, rules] of denies) {
    it(`of ${key} are denied whatever their names are: ${JSON.stringify(more)}`, () => {
      assert.deepEqual(rulesOf(key, more, "deny"), [rules]);
    });
  }

  const bad: [key: string, more: Subject, field: string][] = [
    ["circleci", { organizationId: "acme" }, ".organizationId"],
    ["circleci", { projectId: "*" }, ".projectId"],
    ["circleci", { vcsOrigin: "github.com/acme/*" }, ".vcsOrigin"],
    ["circleci", { vcsOrigin: undefined }, ".vcsOrigin"],
    ["circleci", { vcsOrigin: "gitlab.com/my.group/app" }, ".vcsOrigin"],
    ["circleci", { vcsRef: "main" }, ".vcsRef"],
    ["buildkite", { organization: "acme:x" }, ".organization"],
    ["buildkite", { organizationId: undefined }, ".organizationId"],
    ["buildkite", { pipeline: "app*" }, ".pipeline"],
    ["buildkite", { pipelineId: "7" }, ".pipelineId"],
    ["buildkite", { branch: undefined }, ""],
    ["buildkite", { tag: "v1" }, ""],
    ["buildkite", { branch: "a:b" }, ".branch"],
    ["buildkite", { branch: undefined, tag: "" }, ".tag"],
    ["bitbucket", { repositoryUuid: "00000001-1111-4222-8333-444444444444" }, ".repositoryUuid"],
    ["bitbucket", { workspaceUuid: "acme" }, ".workspaceUuid"],
    ["bitbucket", { environmentUuid: "{*}" }, ".environmentUuid"],
    ["bitbucket", { branch: "refs/heads/main" }, ".branch"],
    ["azureDevops", { organization: "a/b" }, ".organization"],
    ["azureDevops", { project: "a/b" }, ".project"],
    ["azureDevops", { organizationId: "acme" }, ".organizationId"],
    ["azureDevops", { projectId: "web" }, ".projectId"],
    ["azureDevops", { definitionId: 1 }, ".definitionId"],
    ["azureDevops", { branch: undefined }, ""],
    ["azureDevops", { tag: "v1" }, ""],
    ["azureDevops", { branch: "refs/heads/main" }, ".branch"],
    ["terraformCloud", { organization: "a:b" }, ".organization"],
    ["terraformCloud", { organizationId: "acme" }, ".organizationId"],
    ["terraformCloud", { project: "Default*" }, ".project"],
    ["terraformCloud", { project: " x" }, ".project"],
    ["terraformCloud", { workspace: "a b" }, ".workspace"],
    ["terraformCloud", { workspaceId: "my-workspace" }, ".workspaceId"],
    ["terraformCloud", { runPhase: "destroy" }, ".runPhase"],
    ["gitlab", { namespaceId: "acme" }, ".namespaceId"],
    ["gitlab", { environment: "prod-*" }, ".environment"],
  ];
  for (const [key, more, field] of bad) {
    it(`of ${key} are refused with ${JSON.stringify(more)} ${field}`, () => {
      refused(() => rulesOf(key, more, "allow"), "SUBJECT_INVALID", `policies[0].${key}${field}`);
    });
  }

  it("are warned of only for what nothing can be done about, or is worth knowing", () => {
    const warningsOf = (key: string, more: Subject = {}) => {
      const input = { decision: "allow", tokenType: "organization", [key]: { ...subjectOf(key), ...more } };
      const options = { organization: "acme", issuerKind: key as never };
      return reviewDefinitions([input as DefinitionInput], options).warnings.map(({ name }) => name);
    };
    assert.deepEqual(warningsOf("circleci"), []);
    assert.deepEqual(warningsOf("circleci", { vcsOrigin: "github.com/acme/app.js" }), ["LITERAL_DOT_MATCHES_ANY"]);
    assert.deepEqual(warningsOf("buildkite"), []);
    assert.deepEqual(warningsOf("bitbucket"), []);
    assert.deepEqual(warningsOf("terraformCloud"), []);
    assert.deepEqual(warningsOf("gitlab"), []);
    assert.deepEqual(warningsOf("azureDevops", { project: "web" }), ["SHARED_AUDIENCE"]);
  });

  it("have issuers named by the organization or workspace, in the form the record recognises", () => {
    const uuid = "0ca3ddd9-f0b0-4635-a98c-5866526961b6";
    const named: [key: "circleci" | "bitbucket" | "azureDevops", given: object, url: string, bad: object][] = [
      ["circleci", { organizationId: uuid }, `https://oidc.circleci.com/org/${uuid}`, { organizationId: "acme" }],
      [
        "azureDevops",
        { organizationId: uuid },
        `https://vstoken.dev.azure.com/${uuid}`,
        { organizationId: `${uuid}/x` },
      ],
      [
        "bitbucket",
        { workspace: "acme" },
        "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
        { workspace: "acme/x" },
      ],
    ];
    for (const [key, given, url, wrong] of named) {
      assert.equal(issuerUrlOf(key, given, key), url);
      const [field] = Object.keys(given);
      refused(() => issuerUrlOf(key, wrong as KnownIssuer, key), "SUBJECT_INVALID", `${key}.${field}`);
      refused(() => issuerUrlOf(key, {}, key), "SUBJECT_INVALID", `${key}.${field}`);
    }
    assert.equal(issuerUrlOf("buildkite", {}, "x"), "https://agent.buildkite.com");
    assert.equal(
      issuerUrlOf("gitlab", { issuerUrl: "https://gitlab.acme.example" }, "x"),
      "https://gitlab.acme.example",
    );
    assert.equal(issuerUrlOf("eks", {}, "x"), undefined);
  });
});
