import assert from "node:assert/strict";
import { compileDefinitions, type DefinitionInput } from "../../../../trust/parties/pulumi/compile";
import { lint } from "../../../../trust/parties/pulumi/lint";
import { refused } from "../../../helpers/refused";

type Subject = Partial<DefinitionInput>;

const AUD = "urn:pulumi:org:acme";
const TOKEN = { decision: "allow", tokenType: "team", teamName: "web" } as const;

const compile = (...subjects: Subject[]) =>
  compileDefinitions(
    subjects.map((subject) => ({ ...TOKEN, ...subject })),
    "acme",
  );
const rulesOf = (subject: Subject) => compile(subject).map(({ definition }) => definition.rules);
const warnings = (subject: Subject) =>
  lint(compile(subject).map(({ definition }) => definition)).map(({ name, severity }) => `${severity} ${name}`);

const IDS = { repositoryId: "2", ownerId: "1" };
const github = (more: object): Subject => ({ githubActions: { repository: "acme/app", ...more } });
const deploy = (more: object = {}): Subject => ({
  pulumiDeployments: { organization: "acme", project: "site", stack: "prod", ...more },
});
const environment = (project: string): Subject => ({
  pulumiEsc: { organization: "acme", project, environment: "prod" },
});

describe("trust/parties/pulumi/compile", () => {
  const cases: [string, Subject, Record<string, string>[], string[]][] = [
    [
      "a ServiceAccount",
      { kubernetes: { namespace: "ci", serviceAccountName: "deployer" } },
      [{ aud: AUD, sub: "system:serviceaccount:ci:deployer" }],
      [],
    ],
    [
      "a ServiceAccount's pods",
      { kubernetes: { namespace: "ci", serviceAccountName: "deployer", podName: "runner-*" } },
      [{ aud: AUD, sub: "system:serviceaccount:ci:deployer", '"kubernetes.io".pod.name': "runner-*" }],
      [],
    ],
    [
      "another audience",
      { kubernetes: { namespace: "ci", serviceAccountName: "deployer" }, audience: "sts.amazonaws.com" },
      [{ aud: "sts.amazonaws.com", sub: "system:serviceaccount:ci:deployer" }],
      ["warning LITERAL_DOT_MATCHES_ANY"],
    ],
    ["a repository", github({}), [{ aud: AUD, sub: "repo:acme/app:ref:*" }], ["warning MUTABLE_GITHUB_NAME"]],
    [
      "a branch",
      github({ branch: "main" }),
      [{ aud: AUD, sub: "repo:acme/app:ref:refs/heads/main" }],
      ["warning MUTABLE_GITHUB_NAME"],
    ],
    [
      "a branch, ids known",
      github({ branch: "main", ...IDS }),
      [
        { aud: AUD, sub: "repo:acme/app:ref:refs/heads/main", repository_id: "2", repository_owner_id: "1" },
        { aud: AUD, sub: "repo:acme@1/app@2:ref:refs/heads/main", repository_id: "2", repository_owner_id: "1" },
      ],
      [],
    ],
    [
      "tags",
      github({ tag: "v*", ...IDS }),
      ["repo:acme/app", "repo:acme@1/app@2"].map((repo) => ({
        ...{ aud: AUD, sub: `${repo}:ref:refs/tags/v*`, repository_id: "2", repository_owner_id: "1" },
      })),
      ["warning WILDCARD_WITHOUT_DELIMITER", "warning WILDCARD_WITHOUT_DELIMITER"],
    ],
    [
      "an environment whose name has a colon",
      github({ environment: "prod: eu" }),
      [{ aud: AUD, sub: "repo:acme/app:environment:prod%3A eu", ref: "refs/*s/*" }],
      ["warning MUTABLE_GITHUB_NAME"],
    ],
    [
      "pull requests, one workflow",
      github({ pullRequest: true, branch: undefined, workflowRef: "acme/app/.github/workflows/ci@refs/heads/main" }),
      [
        {
          ...{ aud: AUD, sub: "repo:acme/app:pull_request" },
          ...{ workflow_ref: "acme/app/.github/workflows/ci@refs/heads/main" },
        },
      ],
      ["warning MUTABLE_GITHUB_NAME"],
    ],
    ...(
      [
        ["a branch", { branch: "main" }, "refs/heads/main"],
        ["tags", { tag: "v*" }, "refs/tags/v*"],
        ["pull requests", { pullRequest: true }, "refs/pull/*"],
      ] as const
    ).map(([what, place, ref]): (typeof cases)[number] => [
      `${what} in an environment, and a reusable workflow`,
      github({ ...place, environment: "prod", jobWorkflowRef: "acme/ci/.github/workflows/up@refs/heads/main" }),
      [
        {
          ...{ aud: AUD, sub: "repo:acme/app:environment:prod", ref },
          job_workflow_ref: "acme/ci/.github/workflows/up@refs/heads/main",
        },
      ],
      ["warning MUTABLE_GITHUB_NAME"],
    ]),
    [
      "a subject of other claims, by name",
      github({ branch: "main", includeClaimKeys: ["repository_owner", "repository_visibility"] }),
      [
        {
          ...{ aud: AUD, sub: "repository_owner:acme:repository_visibility:*" },
          ...{ repository: "acme/app", ref: "refs/heads/main" },
        },
      ],
      [],
    ],
    [
      "a subject with repository and reusable workflow, ids known",
      github({
        ...{ ...IDS, environment: "prod", includeClaimKeys: ["repo", "context", "job_workflow_ref"] },
        jobWorkflowRef: "acme/ci/.github/workflows/up@refs/heads/main",
      }),
      ["repo:acme/app", "repo:acme@1/app@2"].map((repo) => ({
        aud: AUD,
        sub: `${repo}:environment:prod:job_workflow_ref:acme/ci/.github/workflows/up@refs/heads/main`,
        ...{ repository_id: "2", repository_owner_id: "1", environment: "prod", ref: "refs/*s/*" },
        job_workflow_ref: "acme/ci/.github/workflows/up@refs/heads/main",
      })),
      [],
    ],
    [
      "a reusable workflow with a colon in its name, which the subject writes %3A",
      github({ ...IDS, includeClaimKeys: ["job_workflow_ref"], jobWorkflowRef: "acme/ci/.github/workflows/a:b@v1" }),
      [
        {
          ...{ aud: AUD, sub: "job_workflow_ref:acme/ci/.github/workflows/a%3Ab@v1" },
          ...{ repository_id: "2", repository_owner_id: "1", ref: "refs/*s/*" },
          job_workflow_ref: "acme/ci/.github/workflows/a:b@v1",
        },
      ],
      [],
    ],
    [
      "a subject of ids alone",
      github({ ...IDS, includeClaimKeys: ["repository_owner_id", "repository_id"] }),
      [
        {
          ...{ aud: AUD, sub: "repository_owner_id:1:repository_id:2" },
          ...{ repository_id: "2", repository_owner_id: "1", ref: "refs/*s/*" },
        },
      ],
      [],
    ],
    [
      "no pull requests",
      github({ pullRequest: false, branch: "main" }),
      [{ aud: AUD, sub: "repo:acme/app:ref:refs/heads/main" }],
      ["warning MUTABLE_GITHUB_NAME"],
    ],
    [
      "a repository with a dot",
      { githubActions: { repository: "acme/acme.example", ...IDS, branch: "main" } },
      ["repo:acme/acme.example", "repo:acme@1/acme.example@2"].map((repo) => ({
        ...{ aud: AUD, sub: `${repo}:ref:refs/heads/main`, repository_id: "2", repository_owner_id: "1" },
      })),
      ["warning LITERAL_DOT_MATCHES_ANY", "warning LITERAL_DOT_MATCHES_ANY"],
    ],
    ["a GitLab project", { gitlab: { project: "a/b/c" } }, [{ aud: AUD, sub: "project_path:a/b/c:*" }], []],
    [
      "a GitLab branch, id known",
      { gitlab: { project: "a/b", ref: "main", projectId: "7" } },
      [{ aud: AUD, sub: "project_path:a/b:ref_type:branch:ref:main", project_id: "7" }],
      [],
    ],
    [
      "all tags of a GitLab project",
      { gitlab: { project: "a/b", refType: "tag" } },
      [{ aud: AUD, sub: "project_path:a/b:ref_type:tag:ref:*" }],
      [],
    ],
    [
      "updates of a stack",
      deploy({ operation: "update" }),
      [{ aud: "acme", sub: "pulumi:deploy:org:acme:project:site:stack:prod:operation:update:scope:write" }],
      [],
    ],
    ...(["detect-drift", "remediate-drift"] as const).map((operation): (typeof cases)[number] => [
      `${operation} runs of a stack [0.5]`,
      deploy({ operation }),
      [{ aud: "acme", sub: `pulumi:deploy:org:acme:project:site:stack:prod:operation:${operation}:scope:write` }],
      ["warning UNVERIFIED_OPERATION"],
    ]),
    [
      "whatever a stack does",
      deploy(),
      [{ aud: "acme", sub: "pulumi:deploy:org:acme:project:site:stack:prod:operation:*:scope:write" }],
      ["warning WILDCARD_ACROSS_DELIMITER"],
    ],
    [
      "an environment",
      { ...environment("shop"), audience: "aws:acme" },
      [{ aud: "aws:acme", sub: "pulumi:environments:org:acme:env:shop/prod" }],
      [],
    ],
    [
      "an environment without project",
      environment("default"),
      [{ aud: "acme", sub: "pulumi:environments:org:acme:env:prod" }],
      [],
    ],
    [
      "any claims",
      { custom: { sub: "system:serviceaccount:ci:*", '"kubernetes.io".node.name': "n-1" } },
      [{ aud: AUD, sub: "system:serviceaccount:ci:*", '"kubernetes.io".node.name': "n-1" }],
      [],
    ],
    ["rules as they are", { rules: { aud: "x", sub: "y" } }, [{ aud: "x", sub: "y" }], []],
  ];
  for (const [what, subject, rules, findings] of cases) {
    it(`${what}, and compiled again it stays the same`, () => {
      assert.deepEqual(rulesOf(subject), rules);
      assert.deepEqual(warnings(subject), findings);
      const once = compile(subject).map(({ definition }) => definition);
      assert.deepEqual(
        once,
        rules.map((expected) => ({ ...TOKEN, authorizedPermissions: [], rules: expected })),
      );
      assert.deepEqual(
        compileDefinitions(once, "other").map(({ definition }) => definition),
        once,
      );
    });
  }

  it("says which definition each one came from", () => {
    const compiled = compile({ rules: { aud: "x" } }, github({ branch: "main", ...IDS }), deploy());
    assert.deepEqual(
      compiled.map(({ origin }) => origin),
      [0, 1, 1, 2],
    );
  });

  describe("a deny", () => {
    const denied = (subject: Subject) => rulesOf({ decision: "deny", ...subject });
    it("holds for every audience, unless one is given", () => {
      const kubernetes = { namespace: "ci", serviceAccountName: "deployer" };
      assert.deepEqual(denied({ kubernetes }), [{ sub: "system:serviceaccount:ci:deployer" }]);
      assert.deepEqual(denied({ kubernetes, audience: "a" }), [{ aud: "a", sub: "system:serviceaccount:ci:deployer" }]);
      assert.deepEqual(denied(environment("shop")), [{ sub: "pulumi:environments:org:acme:env:shop/prod" }]);
    });

    it("holds for every form of a repository's or project's name", () => {
      assert.deepEqual(denied(github({ branch: "main" })), [
        { sub: "repo:acme/app:ref:refs/heads/main" },
        { sub: "repo:acme@*/app@*:ref:refs/heads/main" },
      ]);
      assert.deepEqual(denied(github(IDS)), [{ repository_id: "2" }]);
      assert.deepEqual(denied(github({ ...IDS, branch: "main" })), [
        { sub: "*:ref:refs/heads/main", repository_id: "2" },
      ]);
      assert.deepEqual(denied(github({ ...IDS, environment: "prod" })), [
        { sub: "*:environment:prod", repository_id: "2" },
      ]);
      assert.deepEqual(denied(github({ ...IDS, includeClaimKeys: ["repository_id"] })), [{ repository_id: "2" }]);
      assert.deepEqual(denied(github({ environment: "prod", includeClaimKeys: ["environment"] })), [
        { repository: "acme/app", environment: "prod" },
      ]);
      assert.deepEqual(denied({ gitlab: { project: "a/b", projectId: "7" } }), [{ project_id: "7" }]);
      assert.deepEqual(denied({ gitlab: { project: "a/b", projectId: "7", ref: "x" } }), [
        { sub: "*:ref_type:branch:ref:x", project_id: "7" },
      ]);
    });
  });

  const account = { namespace: "ci", serviceAccountName: "deployer" };
  const bad: [string, Subject, string, string | undefined][] = [
    ["no subject and no rules", {}, "POLICY_INVALID", "policies[0]"],
    ["a subject and rules", { kubernetes: account, rules: { aud: "a" } }, "POLICY_INVALID", "policies[0]"],
    ["two subjects", { kubernetes: account, gitlab: { project: "a/b" } }, "POLICY_INVALID", "policies[0]"],
    ["an audience beside rules", { rules: { sub: "a" }, audience: "b" }, "POLICY_INVALID", "policies[0].audience"],
    ["an allow with empty rules", { rules: {} }, "POLICY_ALLOWS_ALL", "policies[0].rules"],
    [
      "an audience that is a pattern",
      { kubernetes: account, audience: "*" },
      "SUBJECT_INVALID",
      "policies[0].audience",
    ],
    ["an empty audience", { kubernetes: account, audience: "" }, "SUBJECT_INVALID", "policies[0].audience"],
    [
      "a namespace that is a pattern",
      { kubernetes: { ...account, namespace: "ci-*" } },
      "NAMESPACE_INVALID",
      undefined,
    ],
    ["a missing namespace", { kubernetes: { serviceAccountName: "a" } as never }, "NAMESPACE_INVALID", undefined],
    [
      "a ServiceAccount with a dot",
      { kubernetes: { ...account, serviceAccountName: "a.b" } },
      "SERVICE_ACCOUNT_NAME_INVALID",
      undefined,
    ],
    [
      "an empty pod name",
      { kubernetes: { ...account, podName: "" } },
      "SUBJECT_INVALID",
      "policies[0].kubernetes.podName",
    ],
    [
      "a repository without owner",
      github({ repository: "app" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.repository",
    ],
    [
      "a repository pattern",
      github({ repository: "acme/*" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.repository",
    ],
    [
      "a repository's subject form",
      github({ repository: "acme@1/app@2" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.repository",
    ],
    ["a branch and a tag", github({ branch: "a", tag: "b" }), "SUBJECT_INVALID", "policies[0].githubActions"],
    [
      "a whole ref as a branch",
      github({ branch: "refs/heads/a" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.branch",
    ],
    ["a branch with a colon", github({ branch: "a:b" }), "SUBJECT_INVALID", "policies[0].githubActions.branch"],
    [
      "an environment pattern",
      github({ environment: "prod-?" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.environment",
    ],
    [
      "a subject of no claims",
      github({ includeClaimKeys: [] }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.includeClaimKeys",
    ],
    [
      "a key of a subject that GitHub does not have",
      github({ includeClaimKeys: ["repository"] }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.includeClaimKeys",
    ],
    [
      "a reusable workflow's name alone",
      github({ jobWorkflowRef: "up.yml" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.jobWorkflowRef",
    ],
    ["one id of two", github({ repositoryId: "2" }), "SUBJECT_INVALID", "policies[0].githubActions.ownerId"],
    [
      "an id that is a name",
      github({ ...IDS, ownerId: "acme" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.ownerId",
    ],
    [
      "a workflow's name alone",
      github({ workflowRef: "ci.yml" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.workflowRef",
    ],
    ["a GitLab project without group", { gitlab: { project: "a" } }, "SUBJECT_INVALID", "policies[0].gitlab.project"],
    [
      "a merge request's ref",
      { gitlab: { project: "a/b", refType: "mr" as never } },
      "SUBJECT_INVALID",
      "policies[0].gitlab.refType",
    ],
    ["an empty ref", { gitlab: { project: "a/b", ref: "" } }, "SUBJECT_INVALID", "policies[0].gitlab.ref"],
    [
      "a project id pattern",
      { gitlab: { project: "a/b", projectId: "*" } },
      "SUBJECT_INVALID",
      "policies[0].gitlab.projectId",
    ],
    [
      "an organization with a dot [A7]",
      deploy({ organization: "acme.io" }),
      "SUBJECT_INVALID",
      "policies[0].pulumiDeployments.organization",
    ],
    ["a stack pattern", deploy({ stack: "*" }), "SUBJECT_INVALID", "policies[0].pulumiDeployments.stack"],
    ["a stack with a colon", deploy({ stack: "a:b" }), "SUBJECT_INVALID", "policies[0].pulumiDeployments.stack"],
    [
      "a drift run by half its name",
      deploy({ operation: "drift" }),
      "SUBJECT_INVALID",
      "policies[0].pulumiDeployments.operation",
    ],
    ["another operation", deploy({ operation: "up" }), "SUBJECT_INVALID", "policies[0].pulumiDeployments.operation"],
    ["an environment's unknown audience", environment("shop"), "SUBJECT_INVALID", "policies[0].audience"],
    ["an id that is no text", github({ ...IDS, ownerId: 1 }), "SUBJECT_INVALID", "policies[0].githubActions.ownerId"],
    [
      "an id with a letter behind",
      github({ ...IDS, repositoryId: "2a" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.repositoryId",
    ],
    [
      "an id with a letter before",
      github({ ...IDS, repositoryId: "a2" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.repositoryId",
    ],
    ["the owner's id alone", github({ ownerId: "1" }), "SUBJECT_INVALID", "policies[0].githubActions.repositoryId"],
    [
      "a repository's URL",
      github({ repository: "https://github.com/acme/app" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.repository",
    ],
    [
      "a repository's file",
      github({ repository: "acme/app/x" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.repository",
    ],
    ["a whole ref as a tag", github({ tag: "refs/tags/a" }), "SUBJECT_INVALID", "policies[0].githubActions.tag"],
    [
      "an environment of two lines",
      github({ environment: "a\nb" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.environment",
    ],
    [
      "a workflow with a space",
      github({ workflowRef: "acme/app/a b" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.workflowRef",
    ],
    [
      "a workflow behind a space",
      github({ workflowRef: "a acme/app/b" }),
      "SUBJECT_INVALID",
      "policies[0].githubActions.workflowRef",
    ],
    [
      "a pod name in capitals",
      { kubernetes: { ...account, podName: "Runner-*" } },
      "SUBJECT_INVALID",
      "policies[0].kubernetes.podName",
    ],
    [
      "a GitLab project with a space before",
      { gitlab: { project: "x a/b" } },
      "SUBJECT_INVALID",
      "policies[0].gitlab.project",
    ],
    [
      "a GitLab project with a space behind",
      { gitlab: { project: "a/b x" } },
      "SUBJECT_INVALID",
      "policies[0].gitlab.project",
    ],
    ["an audience of two words", { kubernetes: account, audience: "a b" }, "SUBJECT_INVALID", "policies[0].audience"],
    [
      "an ESC environment pattern",
      { pulumiEsc: { organization: "acme", project: "shop", environment: "*" }, audience: "a" },
      "SUBJECT_INVALID",
      "policies[0].pulumiEsc.environment",
    ],
    ["a claim that is no text", { custom: { sub: 7 as never } }, "SUBJECT_INVALID", 'policies[0].custom["sub"]'],
    ["no claims", { custom: {} }, "SUBJECT_INVALID", "policies[0].custom"],
    ["an empty claim", { custom: { sub: "" } }, "SUBJECT_INVALID", 'policies[0].custom["sub"]'],
    ["an audience among claims", { custom: { sub: "a", '"aud"': "b" } }, "SUBJECT_INVALID", "policies[0].custom"],
    ["an unquoted claim path", { custom: { "kubernetes.io.": "a" } }, "CLAIM_PATH_INVALID", undefined],
  ];
  for (const [what, subject, code, where] of bad) {
    it(`refuses ${what}`, () => refused(() => compile(subject), code, where));
  }

  it("takes null for what is not given, as other languages send it", () => {
    const absent = { rules: null, audience: null, githubActions: null } as unknown as Subject;
    assert.deepEqual(rulesOf({ ...absent, kubernetes: account }), [
      { aud: AUD, sub: "system:serviceaccount:ci:deployer" },
    ]);
  });

  it("says which of its fields are mutually exclusive, and which there are", () => {
    assert.throws(
      () => compile({}),
      /nothing says whose tokens it is about .*Fix: give exactly one of githubActions, .*, custom, rules$/,
    );
    assert.throws(
      () => compile({ kubernetes: account, rules: { aud: "a" } }),
      /: kubernetes and rules are mutually exclusive/,
    );
  });

  it("refuses an empty list", () => refused(() => compile(), "POLICY_EMPTY", "policies"));
});
