import assert from "node:assert/strict";
import type { IssuerKey } from "../../../../trust/issuers";
import { lint } from "../../../../trust/parties/pulumi/lint";
import { proveRunnerTrust } from "../../../../trust/parties/pulumi/proof";
import type { PolicyDefinition, Rules } from "../../../../trust/policy/model";

const AUD = "urn:pulumi:org:acme";
const SUB = "system:serviceaccount:pulumi:deployer";
const NAMESPACE = '"kubernetes.io".namespace';
const ACCOUNT = '"kubernetes.io".serviceaccount.name';
const POD = '"kubernetes.io".pod.name';

const allow = (rules: Rules): PolicyDefinition => ({ decision: "allow", tokenType: "organization", rules });
const deny = (rules: Rules): PolicyDefinition => ({ decision: "deny", tokenType: "organization", rules });
const withSub = (sub: string, more: Rules = {}) => ({ aud: AUD, sub, ...more });

/** `NAME severity path` of each finding. */
function found(definitions: PolicyDefinition[], issuer?: IssuerKey): string[] {
  return lint(definitions, { issuer }).map(({ name, severity, path }) => `${name} ${severity} ${path}`);
}

/** A mistake with its finding, and what resembles it and is none. */
interface Case {
  issuer?: IssuerKey;
  bad: Rules;
  finding: string;
  good: Rules[];
}

const cases: Case[] = [
  { bad: {}, finding: "ALLOW_WITHOUT_RULES error policies[0].rules", good: [withSub(SUB)] },
  { bad: { sub: SUB }, finding: "MISSING_AUDIENCE error policies[0].rules", good: [{ sub: SUB, '"aud"': AUD }] },
  { bad: { sub: SUB, aud: "?*" }, finding: "MISSING_AUDIENCE error policies[0].rules", good: [] },
  {
    bad: { aud: AUD, [NAMESPACE]: "pulumi" },
    finding: "MISSING_SUBJECT error policies[0].rules",
    good: [
      { aud: AUD, [NAMESPACE]: "pulumi", [ACCOUNT]: "deployer" },
      { aud: AUD, '"kubernetes.io".serviceaccount.uid': "6f1c" },
    ],
  },
  {
    issuer: "githubActions",
    bad: { aud: AUD, repository_owner_id: "1" },
    finding: "MISSING_SUBJECT error policies[0].rules",
    good: [{ aud: AUD, repository_id: "1296269" }],
  },
  {
    issuer: "kubernetes",
    bad: { aud: AUD, [POD]: "runner-*" },
    finding: 'POD_NAME_ONLY warning policies[0].rules["\\"kubernetes.io\\".pod.name"]',
    good: [withSub(SUB, { [POD]: "runner-*" })],
  },
  {
    bad: withSub("*"),
    finding: "BROAD_SUBJECT error policies[0].rules.sub",
    good: [withSub("system:serviceaccount:pulumi:*")],
  },
  {
    bad: withSub("system:serviceaccount:*:deployer"),
    finding: "BROAD_SUBJECT error policies[0].rules.sub",
    good: [withSub("system:serviceaccount:team-*:deployer")],
  },
  {
    bad: withSub("repo:*"),
    finding: "BROAD_SUBJECT error policies[0].rules.sub",
    good: [withSub("repo:acme@1/*")],
  },
  {
    bad: { aud: AUD, [NAMESPACE]: "*", [ACCOUNT]: "deployer" },
    finding: 'BROAD_SUBJECT error policies[0].rules["\\"kubernetes.io\\".namespace"]',
    good: [{ aud: AUD, [NAMESPACE]: "pulumi", [ACCOUNT]: "runner-*" }, withSub(SUB, { [NAMESPACE]: "*" })],
  },
  {
    bad: withSub("repo:acme*", { repository_id: "1" }),
    finding: "WILDCARD_WITHOUT_DELIMITER error policies[0].rules.sub",
    good: [withSub("repo:acme/*", { repository_id: "1" })],
  },
  {
    bad: withSub("project_path:acme-*"),
    finding: "WILDCARD_WITHOUT_DELIMITER error policies[0].rules.sub",
    good: [withSub("project_path:acme/app:ref_type:branch:ref:release-*")],
  },
  {
    bad: withSub("repo:acme@1/app@2:ref:refs/tags/v1.*"),
    finding: "WILDCARD_WITHOUT_DELIMITER warning policies[0].rules.sub",
    good: [withSub("repo:acme@1/app@2:ref:refs/tags/v-*")],
  },
  {
    bad: withSub("repo:acm?/app", { repository_id: "1" }),
    finding: "WILDCARD_WITHOUT_DELIMITER error policies[0].rules.sub",
    good: [withSub("repo:acme/app?", { repository_id: "1" })],
  },
  {
    bad: withSub("repo:acme@1/*", { repository_owner_id: "1*" }),
    finding: "WILDCARD_WITHOUT_DELIMITER error policies[0].rules.repository_owner_id",
    good: [withSub("repo:acme@1/*", { repository_owner_id: "1" }), withSub("repo:acme@1/*", { run_id: "1*" })],
  },
  {
    bad: withSub(SUB, { aud: "urn:pulumi:org:acme*" }),
    finding: "WILDCARD_WITHOUT_DELIMITER error policies[0].rules.aud",
    good: [],
  },
  {
    bad: { aud: AUD, [NAMESPACE]: "team*", [ACCOUNT]: "deployer" },
    finding: 'WILDCARD_WITHOUT_DELIMITER error policies[0].rules["\\"kubernetes.io\\".namespace"]',
    good: [{ aud: AUD, [NAMESPACE]: "team-*", [ACCOUNT]: "deployer" }],
  },
  {
    bad: withSub("system:serviceaccount:pulumi:runner*"),
    finding: "WILDCARD_WITHOUT_DELIMITER warning policies[0].rules.sub",
    good: [withSub("system:serviceaccount:pulumi:runner-*")],
  },
  {
    bad: withSub("repo:acme@1/*:ref:refs/heads/main"),
    finding: "WILDCARD_ACROSS_DELIMITER warning policies[0].rules.sub",
    good: [withSub("repo:acme@1/app@2:ref:refs/heads/*")],
  },
  {
    bad: withSub("system:serviceaccount:team-*"),
    finding: "WILDCARD_ACROSS_DELIMITER warning policies[0].rules.sub",
    good: [withSub("system:serviceaccount:team-*:*")],
  },
  {
    bad: withSub("pulumi:deploy:org:acme:project:*:operation:update:scope:write"),
    finding: "WILDCARD_ACROSS_DELIMITER warning policies[0].rules.sub",
    good: [withSub("pulumi:deploy:org:acme:project:app:*")],
  },
  {
    bad: { aud: "https://*/acme", sub: SUB },
    finding: "WILDCARD_ACROSS_DELIMITER error policies[0].rules.aud",
    good: [{ aud: "https://acme/*", sub: SUB }],
  },
  {
    bad: withSub("system:serviceaccount:pulumi:my.app"),
    finding: "LITERAL_DOT_MATCHES_ANY warning policies[0].rules.sub",
    good: [withSub("system:serviceaccount:pulumi:my-app"), withSub("system:serviceaccount:pulumi:app-...")],
  },
  {
    bad: withSub("repo:acme/app:ref:refs/heads/main"),
    finding: "MUTABLE_GITHUB_NAME warning policies[0].rules.sub",
    good: [
      withSub("repo:acme@1/app@2:ref:refs/heads/main"),
      withSub("repo:acme/app:ref:refs/heads/main", { repository_id: "2" }),
      withSub("repo:acme/*", { repository_owner_id: "1" }),
      withSub("project_path:acme/app:ref_type:branch:ref:main"),
    ],
  },
  {
    bad: withSub("repo:acme@1/app:*"),
    finding: "MUTABLE_GITHUB_NAME warning policies[0].rules.sub",
    good: [withSub("repo:acme@1/app@2:*")],
  },
  {
    bad: withSub("repo:acme@1/app@*"),
    finding: "MUTABLE_GITHUB_NAME warning policies[0].rules.sub",
    good: [],
  },
  {
    issuer: "githubActions",
    bad: withSub("repository_owner:acme", { repository: "acme/app" }),
    finding: "MUTABLE_GITHUB_NAME warning policies[0].rules.repository",
    good: [withSub("repository_owner:acme", { repository: "acme/app", repository_id: "2" })],
  },
  {
    issuer: "githubActions",
    bad: withSub("repository_owner:acme", { repository_owner: "acme" }),
    finding: "MUTABLE_GITHUB_NAME warning policies[0].rules.repository_owner",
    good: [withSub("repository_owner:acme", { repository_owner: "acme", repository_owner_id: "1" })],
  },
  {
    issuer: "kubernetes",
    bad: withSub(SUB, { "kubernetes.io.namespace": "pulumi" }),
    finding: 'UNKNOWN_CLAIM error policies[0].rules["kubernetes.io.namespace"]',
    good: [withSub(SUB, { [NAMESPACE]: "pulumi", '"kubernetes.io".node.name': "a" })],
  },
  {
    issuer: "kubernetes",
    bad: withSub(SUB, { repository: "acme/app" }),
    finding: "UNKNOWN_CLAIM error policies[0].rules.repository",
    good: [],
  },
  {
    issuer: "githubActions",
    bad: withSub("repo:acme@1/app@2:*", { project_path: "acme/app" }),
    finding: "UNKNOWN_CLAIM error policies[0].rules.project_path",
    good: [withSub("repo:acme@1/app@2:*", { repository_visibility: "private", repo_property_tier: "1" })],
  },
  {
    issuer: "gitlab",
    bad: withSub("project_path:acme/app:*", { repository: "acme/app" }),
    finding: "UNKNOWN_CLAIM error policies[0].rules.repository",
    good: [withSub("project_path:acme/app:*", { ref_protected: "true" })],
  },
  {
    issuer: "pulumiDeployments",
    bad: withSub("pulumi:deploy:org:acme:*", { environment: "production" }),
    finding: "UNKNOWN_CLAIM error policies[0].rules.environment",
    good: [withSub("pulumi:deploy:org:acme:*", { stack: "production", '"https://pulumi.com/org_id"': "1" })],
  },
  {
    bad: withSub(SUB, { '"kubernetes.io.namespace': "pulumi" }),
    finding: 'CLAIM_PATH_INVALID error policies[0].rules["\\"kubernetes.io.namespace"]',
    good: [withSub(SUB, { '"kubernetes.io.namespace"': "pulumi" })],
  },
];

describe("trust/lint", () => {
  for (const { issuer, bad, finding, good } of cases) {
    it(`finds ${finding} in ${JSON.stringify(bad)}, and in nothing like it`, () => {
      assert.deepEqual(found([allow(bad)], issuer), [finding]);
      for (const rules of good) {
        assert.deepEqual(found([allow(rules)], issuer), [], JSON.stringify(rules));
      }
    });
  }

  it("knows no claim of an issuer it does not know", () => {
    assert.deepEqual(found([allow(withSub(SUB, { anything: "x" }))]), []);
  });

  it("takes a deny for what it refuses: it may be wide, and must be able to take effect", () => {
    assert.deepEqual(found([deny({ sub: "repo:acme*" })], "githubActions"), []);
    assert.deepEqual(found([deny({})]), []);
    assert.deepEqual(found([deny({ repo: "x", 'a"': "x" })], "githubActions"), [
      'CLAIM_PATH_INVALID error policies[0].rules["a\\""]',
      "UNKNOWN_CLAIM error policies[0].rules.repo",
    ]);
  });

  it("finds an allow that a deny shadows, wherever the deny stands", () => {
    const good = allow(withSub(SUB));
    const shadowed = (index: number) => `DENY_SHADOWS_ALLOW error policies[${index}]`;
    assert.deepEqual(found([good, deny({})]), [shadowed(0)]);
    assert.deepEqual(found([deny({ sub: "system:serviceaccount:*" }), good]), [shadowed(1)]);
    // Narrower, about another claim, about another token: each leaves something to the allow.
    assert.deepEqual(found([good, deny({ sub: SUB, [POD]: "x" })]), []);
    assert.deepEqual(found([good, deny({ sub: `${SUB}-2` })]), []);
    assert.deepEqual(found([good, { ...deny({}), tokenType: "team", teamName: "ops" }]), []);
  });

  describe("tokens", () => {
    const team = (teamName: string) => ({ ...allow(withSub(SUB)), tokenType: "team", teamName }) as const;
    const admin = (rules: Rules) => ({ ...allow({ aud: AUD, ...rules }), authorizedPermissions: ["admin"] });

    it("of a team whose name has a dot are those of others too [A7]", () => {
      assert.deepEqual(found([team("ops.eu")]), ["DOT_ADMITS_OTHERS error policies[0].teamName"]);
      assert.deepEqual(found([team("ops-eu")]), []);
      const refused = { ...team("ops.eu"), decision: "deny" } as const;
      assert.deepEqual(found([refused]), ["LITERAL_DOT_MATCHES_ANY warning policies[0].teamName"]);
    });

    it("of any team are an error, of some teams are meant [A16]", () => {
      for (const any of ["*", "?*", ".*"]) {
        assert.deepEqual(found([team(any)]), ["ANY_TEAM error policies[0].teamName"], any);
      }
      assert.deepEqual(found([team("ops-*")]), []);
      assert.deepEqual(found([{ ...team("*"), decision: "deny" }]), []);
    });

    it("of an administrator are for one subject [A16]", () => {
      const many = (path: string) => [`ADMIN_FOR_MANY error policies[0].rules${path}`];
      assert.deepEqual(found([admin({ sub: "system:serviceaccount:ci:*" })]), many(".sub"));
      assert.deepEqual(found([admin({ sub: "system:serviceaccount:ci:deploy?" })]), many(".sub"));
      assert.deepEqual(found([admin({ [NAMESPACE]: "ci", [ACCOUNT]: "deploy-*" })]), many(""));
      assert.deepEqual(found([admin({ repository_id: "1" })], "githubActions"), many(""));
      for (const one of [
        { sub: "system:serviceaccount:ci:deployer" },
        { [NAMESPACE]: "ci", [ACCOUNT]: "deployer" },
        { '"kubernetes.io".serviceaccount.uid': "6f1c" },
      ] as Rules[]) {
        assert.deepEqual(found([admin(one)], "kubernetes"), []);
      }
      assert.deepEqual(found([allow(withSub("system:serviceaccount:ci:*"))]), []);
      assert.deepEqual(found([{ ...admin({ sub: "system:serviceaccount:ci:*" }), decision: "deny" }]), []);
    });

    it("are not for any ServiceAccount that claims leave open [A16]", () => {
      const claims = (namespace: string, account: string) =>
        found([allow({ aud: AUD, [NAMESPACE]: namespace, [ACCOUNT]: account })]);
      const missing = "MISSING_SUBJECT error policies[0].rules";
      const broad = 'BROAD_SUBJECT error policies[0].rules["\\"kubernetes.io\\".namespace"]';
      assert.deepEqual(claims("*", "*"), [missing, broad]);
      assert.deepEqual(claims("ci", "*"), [missing]);
      assert.deepEqual(claims("*", "deployer"), [broad]);
      assert.deepEqual(claims("ci", "deployer-*"), []);
    });
  });

  it("counts definitions as the policy does", () => {
    assert.deepEqual(found([allow(withSub(SUB)), allow({ aud: AUD, sub: "*" })]), [
      "BROAD_SUBJECT error policies[1].rules.sub",
    ]);
  });

  it("has nothing against what the runners write", () => {
    const { definition } = proveRunnerTrust({
      organization: "acme",
      issuerUrl: "https://issuer.example.com",
      namespace: "pulumi",
      serviceAccountName: "deployer",
      token: { tokenType: "organization" },
    });
    assert.deepEqual(found([definition], "kubernetes"), []);
  });

  it("says what is wrong and what to do, in words", () => {
    for (const finding of cases.flatMap(({ bad, issuer }) => lint([allow(bad)], { issuer }))) {
      assert.ok(finding.message.length > 20 && finding.fix.length > 10, finding.name);
    }
  });
});
