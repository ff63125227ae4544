import assert from "node:assert/strict";
import type { Finding } from "../../../../trust/lint";
import { checkWaivers, WAIVABLE_FINDINGS, type WaivableFinding, type Waiver } from "../../../../trust/lint/waivers";
import type { DefinitionInput } from "../../../../trust/parties/pulumi/compile";
import { lint } from "../../../../trust/parties/pulumi/lint";
import { findingText, type ReviewOptions, reviewDefinitions } from "../../../../trust/parties/pulumi/review";
import type { Rules } from "../../../../trust/policy/model";
import { refused } from "../../../helpers/refused";

const AUD = "urn:pulumi:org:acme";
const allow = (more: Partial<DefinitionInput>): DefinitionInput => ({
  ...{ decision: "allow", tokenType: "organization" },
  ...more,
});
const withRules = (rules: Rules) => allow({ rules });
const review = (definitions: DefinitionInput[], options: Partial<ReviewOptions> = {}) =>
  reviewDefinitions(definitions, { organization: "acme", ...options });
const waived = (...names: WaivableFinding[]): Waiver[] => names.map((name) => ({ name, reason: "tested" }));
const shown = (warnings: Finding[]) => warnings.map(({ name, path }) => `${name} ${path}`);

const github = allow({
  githubActions: { repository: "acme/app.js", branch: "main", repositoryId: "2", ownerId: "1" },
});

describe("trust/parties/pulumi/review", () => {
  it("compiles what is clean and says nothing", () => {
    const { compiled, warnings } = review([allow({ kubernetes: { namespace: "ci", serviceAccountName: "a" } })]);
    assert.deepEqual(
      compiled.map(({ definition }) => definition.rules),
      [{ aud: AUD, sub: "system:serviceaccount:ci:a" }],
    );
    assert.deepEqual(warnings, []);
  });

  it("refuses the linter's errors, all in one text, and shows how to waive", () => {
    const bad = [withRules({ aud: AUD, sub: "x" }), withRules({ aud: AUD, actor: "eve" }), withRules({ sub: "r*" })];
    refused(() => review(bad), "POLICY_LINT", "policies[1].rules");
    for (const part of [
      /^OidcRunnerError: POLICY_LINT: MISSING_SUBJECT at policies\[1\]\.rules: /,
      /; MISSING_AUDIENCE at policies\[2\]\.rules: /,
      /; BROAD_SUBJECT at policies\[2\]\.rules\.sub: /,
      /\. Fix: add a rule on sub.*; add a rule on aud, .*; where it is meant, waive it: \{ name: "MISSING_SUBJECT", reason: "…" \}$/,
    ]) {
      assert.throws(() => review(bad), part);
    }
  });

  it("lets a waiver through by its name, and nothing else with it", () => {
    const bad = [withRules({ actor: "eve" })];
    const { warnings } = review(bad, { waive: waived("MISSING_SUBJECT", "MISSING_AUDIENCE") });
    assert.deepEqual(warnings, []);
    refused(() => review(bad, { waive: waived("MISSING_SUBJECT") }), "POLICY_LINT", "policies[0].rules");
    refused(() => review(bad, { waive: waived("BROAD_SUBJECT") }), "POLICY_LINT");
  });

  it("counts the definitions that were given, where one became two", () => {
    const { warnings } = review([github, withRules({ aud: AUD, sub: "repo:acme/app:*" })]);
    assert.deepEqual(shown(warnings), [
      "LITERAL_DOT_MATCHES_ANY policies[0].rules.sub",
      "LITERAL_DOT_MATCHES_ANY policies[0].rules.sub",
      "MUTABLE_GITHUB_NAME policies[1].rules.sub",
    ]);
    assert.match(findingText(warnings[2] as Finding), /^MUTABLE_GITHUB_NAME at policies\[1\]\.rules\.sub: \S/);
    assert.deepEqual(shown(review([github], { waive: waived("LITERAL_DOT_MATCHES_ANY") }).warnings), []);
  });

  it("knows the claims of the issuer's tokens where it knows the issuer", () => {
    const rules = { aud: AUD, sub: "system:serviceaccount:ci:a", repository: "acme/app" };
    assert.deepEqual(review([withRules(rules)]).warnings, []);
    assert.deepEqual(review([withRules(rules)], { issuerKind: "githubActions" }).warnings.length, 1);
    refused(() => review([withRules(rules)], { issuerKind: "kubernetes" }), "POLICY_LINT");
  });

  it("refuses a deny that leaves nothing of an allow beside it", () => {
    const kubernetes = { namespace: "ci", serviceAccountName: "a" };
    const deny = (name: string) => allow({ decision: "deny", kubernetes: { ...kubernetes, serviceAccountName: name } });
    refused(() => review([allow({ kubernetes }), deny("a")]), "POLICY_LINT", "policies[0]");
    assert.deepEqual(review([allow({ kubernetes }), deny("b")]).warnings, []);
  });

  it("refuses patterns without a literal character", () => {
    const rules = { aud: "urn:pulumi:org:acme", sub: "repo:acme/app:*" };
    for (const pattern of ["", "*", "?", ".", ".*"]) {
      const bad = { ...allow({ rules }), rules: { ...rules, actor: pattern } };
      refused(() => review([allow({ rules }), bad]), "PATTERN_WITHOUT_LITERAL", "policies[1].rules");
    }
    refused(() => review([{ ...allow({ rules }), decision: "deny", rules: {} }]), "PATTERN_WITHOUT_LITERAL");
    review([{ ...allow({ rules }), decision: "deny", rules: { actor: "e*" } }]);
  });

  describe("waivers", () => {
    it("have a name that the linter knows, or the provider", () => {
      checkWaivers(WAIVABLE_FINDINGS.map((name) => ({ name, reason: "r" })));
      for (const name of ["", "missing_audience", "WAIVER_WITHOUT_REASON", "DENY_SHADOWS_ALLOW", "toString"]) {
        const waiver = { name: name as WaivableFinding, reason: "r" };
        refused(() => checkWaivers([...waived("BROAD_SUBJECT"), waiver]), "WAIVER_INVALID", "waive[1].name");
      }
    });

    it("have a reason", () => {
      for (const reason of ["", "  ", undefined]) {
        const waiver = { name: "BROAD_SUBJECT", reason } as Waiver;
        refused(() => checkWaivers([waiver]), "WAIVER_INVALID", "waive[0].reason");
      }
    });

    it("let a dotted group of GitLab pass only with a reason or its id [A7]", () => {
      const gitlab = (more: object = {}) => [allow({ gitlab: { project: "example.com/infra", ref: "main", ...more } })];
      refused(() => review(gitlab()), "POLICY_LINT", "policies[0].rules.sub", "DOT_ADMITS_OTHERS");
      assert.deepEqual(shown(review(gitlab({ projectId: "7" })).warnings), [
        "LITERAL_DOT_MATCHES_ANY policies[0].rules.sub",
      ]);
      assert.deepEqual(shown(review(gitlab(), { waive: waived("DOT_ADMITS_OTHERS") }).warnings), []);
      refused(() => review(gitlab(), { waive: waived("LITERAL_DOT_MATCHES_ANY") }), "POLICY_LINT");
    });

    it("cover what the linter finds in definitions that nothing else refuses", () => {
      const sets: Rules[] = [
        { sub: "*" },
        { aud: AUD },
        { aud: AUD, sub: "repo:acme*" },
        { aud: AUD, sub: "repo:acme/*/x" },
        { aud: AUD, '"kubernetes.io".pod.name': "a", x: "a.b" },
        { aud: AUD, sub: "pulumi:deploy:org:acme:project:site:stack:prod:operation:detect-drift:scope:write" },
      ];
      const tokens = [
        { authorizedPermissions: ["admin"], sub: "system:serviceaccount:a:*" },
        { tokenType: "team", teamName: "*", sub: "system:serviceaccount:a:b" },
        { tokenType: "team", teamName: "a.b", sub: "system:serviceaccount:a:b" },
      ].map(({ sub, ...token }) => ({ ...withRules({ aud: AUD, sub }), ...token }));
      const yaml = withRules({ aud: "aws:acme", sub: "pulumi:environments:org:acme:env:<yaml>" });
      const rules = { aud: AUD, sub: "repo:acme@1/app@2:*", head_ref: "main" };
      const chosen = { decision: "allow", tokenType: "organization", rules } as const;
      const found = new Set(
        [
          ...lint([...sets.map((rules) => withRules(rules)), ...tokens] as never, { issuer: "kubernetes" }),
          ...lint([chosen], { issuer: "githubActions" }),
          ...lint([yaml] as never, { issuer: "pulumiEsc" }),
          ...lint([withRules({ aud: "api://AzureADTokenExchange", sub: "p://a/b/c" })] as never, {
            issuer: "azureDevops",
          }),
        ].map(({ name }) => name),
      );
      const ofResources = [
        ...["AZURE_ROLE_BROAD", "GOOGLE_ROLE_BROAD", "IDENTITY_SAMENESS", "LOCKS_OUT_CALLER", "TOKEN_OWNER_UNKNOWN"],
      ];
      assert.deepEqual([...found, ...ofResources].sort(), [...WAIVABLE_FINDINGS]);
    });
  });
});
