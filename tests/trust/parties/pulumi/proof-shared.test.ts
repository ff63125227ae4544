import assert from "node:assert/strict";
import type { OidcRunnerError } from "../../../../trust/errors";
import { podNames } from "../../../../trust/issuers/pod-names";
import { compileDefinitions, type DefinitionInput } from "../../../../trust/parties/pulumi/compile";
import { proveRunnerTrust, type RunnerTrust } from "../../../../trust/parties/pulumi/proof";
import { proveSharedTrust } from "../../../../trust/parties/pulumi/proof-shared";
import type { TokenSelection } from "../../../../trust/policy/access-token";
import type { PolicyDefinition } from "../../../../trust/policy/model";
import { refused } from "../../../helpers/refused";

const AUDIENCE = "urn:pulumi:org:acme";
const RUNNER: RunnerTrust = {
  organization: "acme",
  issuerUrl: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123",
  namespace: "ci",
  serviceAccountName: "deployer",
  token: { tokenType: "organization" },
};

const allow = (rules: Record<string, string>, more: Partial<PolicyDefinition> = {}): PolicyDefinition => ({
  ...{ decision: "allow", tokenType: "organization", rules },
  ...more,
});
const ofNamespace = (namespace: string, more?: Partial<PolicyDefinition>) =>
  allow({ aud: AUDIENCE, sub: `system:serviceaccount:${namespace}:*` }, more);
const deny = (rules: Record<string, string>): PolicyDefinition => ({ ...allow(rules), decision: "deny" });

function prove(policies: DefinitionInput[], change: Partial<RunnerTrust> = {}, organization = "acme") {
  const compiled = compileDefinitions(policies, organization);
  const runner = { ...RUNNER, ...change, podNames: podNames("deployer", "Job"), where: "deployer.trust" };
  return proveSharedTrust(runner, { organization, compiled });
}

const refuses = (code: string, policies: DefinitionInput[], words: string, change: Partial<RunnerTrust> = {}) =>
  refused(() => prove(policies, change), code, "deployer.trust", words);

describe("trust/parties/pulumi/proof-shared", () => {
  it("gives what the runner would have alone, but for the definition: that which admits it", () => {
    const { definition, ...rest } = prove([ofNamespace("web"), ofNamespace("ci")]);
    const { definition: own, ...alone } = proveRunnerTrust(RUNNER);
    assert.deepEqual(rest, alone);
    assert.deepEqual(definition, { ...ofNamespace("ci"), authorizedPermissions: [] });
    assert.notDeepEqual(definition, own);
  });

  it("takes typed subjects, and the audience that follows from them", () => {
    const kubernetes = { namespace: "ci", serviceAccountName: "deployer" };
    const input = { decision: "allow", tokenType: "organization", kubernetes } as const;
    assert.deepEqual(prove([input]).definition, proveRunnerTrust(RUNNER).definition);
    const other = { ...input, kubernetes: { ...kubernetes, serviceAccountName: "deployer-2" } };
    refuses("TRUST_DOES_NOT_ADMIT", [other], "expected deployer-2, got deployer");
    refuses(
      "TRUST_DOES_NOT_ADMIT",
      [{ ...input, audience: "urn:pulumi:org:other" }],
      "aud expected urn:pulumi:org:other",
    );
  });

  it("takes another audience where another token is exchanged, and then no other", () => {
    const sts = allow({ aud: "sts.amazonaws.com", sub: "system:serviceaccount:ci:*" });
    const exchanging = { audience: "sts.amazonaws.com" };
    assert.equal(prove([sts], exchanging).audience, "sts.amazonaws.com");
    refuses("TRUST_DOES_NOT_ADMIT", [sts], `aud expected sts.amazonaws.com, got ${AUDIENCE}`);
    refuses("TRUST_DOES_NOT_ADMIT", [ofNamespace("ci")], `aud expected ${AUDIENCE}, got sts.amazonaws.com`, exchanging);
  });

  describe("refuses", () => {
    it("another namespace, and says which rule, what it expected and what the pod has", () => {
      refuses(
        "TRUST_DOES_NOT_ADMIT",
        [ofNamespace("web"), ofNamespace("ci-2")],
        "policies[0] does not match: sub expected system:serviceaccount:web:*, got system:serviceaccount:ci:deployer " +
          "(only the namespace differs: expected web, got ci) (at deployer.trust). Fix: make policies[0] admit it, or leave createPolicy out",
      );
      assert.ok(prove([ofNamespace("c?")]));
    });

    it("another ServiceAccount than a pattern is about", () => {
      const pattern = (name: string) => allow({ aud: AUDIENCE, sub: `system:serviceaccount:ci:${name}` });
      assert.ok(prove([pattern("deploy*")]));
      refuses("TRUST_DOES_NOT_ADMIT", [pattern("deployer-*")], "expected deployer-*, got deployer");
    });

    it("another audience", () => {
      const wide = allow({ aud: "urn:pulumi:org:*", sub: "system:serviceaccount:ci:*" });
      assert.ok(prove([wide]));
      refuses("TRUST_DOES_NOT_ADMIT", [{ ...wide, rules: { ...wide.rules, aud: "acme" } }], "aud expected acme, got");
    });

    it("what a deny shadows, and names the deny", () => {
      const sub = "system:serviceaccount:ci:deployer";
      refuses(
        "TRUST_DOES_NOT_ADMIT",
        [ofNamespace("ci"), deny({ sub })],
        `policies[1] matches and denies it, and a deny wins over every allow: sub is ${sub} (at deployer.trust). ` +
          "Fix: remove policies[1], or make it narrower",
      );
      assert.ok(prove([ofNamespace("ci"), deny({ sub: `${sub}-2` })]));
      refuses("TRUST_DOES_NOT_ADMIT", [deny({ sub })], "no definition would allow this token either");
      refuses("TRUST_DOES_NOT_ADMIT", [deny({ sub: `${sub}-2` })], "the policy has no allow");
    });

    it("another token, and says how to ask for the one there is", () => {
      const team = ofNamespace("ci", { tokenType: "team", teamName: "platform" });
      const asking = (token: TokenSelection) => ({ token });
      refuses(
        "TRUST_DOES_NOT_ADMIT",
        [team],
        "policies[0] is for another token: team platform, asked for organization; its rules match (at deployer.trust). " +
          'Fix: give the runner accessToken: { team: { name: "platform" } }, or leave createPolicy out',
      );
      assert.ok(prove([team], asking({ tokenType: "team", team: "platform" })));
      refuses("TRUST_DOES_NOT_ADMIT", [team], 'team: { name: "platform" }', asking({ tokenType: "team", team: "web" }));
      const teams = { ...team, teamName: "platform-*" };
      assert.ok(prove([teams], asking({ tokenType: "team", team: "platform-a" })));
      refuses("TRUST_DOES_NOT_ADMIT", [teams], "accessToken.team with a name that platform-* matches");
      const personal = ofNamespace("ci", { tokenType: "personal", userLogin: "ann" });
      assert.ok(prove([personal], asking({ tokenType: "personal", user: "ann" })));
      refuses("TRUST_DOES_NOT_ADMIT", [personal], 'user: "ann"', asking({ tokenType: "personal", user: "bob" }));
      const pool = ofNamespace("ci", { tokenType: "runner", runnerID: "pool-0" });
      assert.ok(prove([pool], asking({ tokenType: "runner", runner: "pool-0" })));
      refuses(
        "TRUST_DOES_NOT_ADMIT",
        [pool],
        'runner: { pool: "pool-0" }',
        asking({ tokenType: "runner", runner: "pool-1" }),
      );
      refuses(
        "TRUST_DOES_NOT_ADMIT",
        [ofNamespace("web", { tokenType: "team", teamName: "platform" })],
        "and its rules don't match: sub expected system:serviceaccount:web:*",
      );
    });

    it("another role, or one where none is asked for", () => {
      const withRole = (roleID: string) => ofNamespace("ci", { roleID });
      const asking = (roleId?: string) => ({ token: { tokenType: "organization", roleId } as const });
      assert.equal(prove([withRole("role-1")], asking("role-1")).definition.roleID, "role-1");
      assert.ok(prove([{ ...ofNamespace("ci"), roleID: "" }]));
      refuses(
        "TRUST_FOR_OTHER_ROLE",
        [withRole("role-1")],
        "policies[0] gives this runner's pod a token with the role role-1, the runner asks for the organization's default role",
      );
      refuses(
        "TRUST_FOR_OTHER_ROLE",
        [withRole("role-1")],
        'give the runner accessToken: { organization: { roleId: "role-1" } }',
        asking("role-2"),
      );
      refuses("TRUST_FOR_OTHER_ROLE", [ofNamespace("ci")], "leave roleId out", asking("role-1"));
      const both = [withRole("role-1"), allow({ aud: AUDIENCE, sub: "system:serviceaccount:ci:d*" })];
      refuses("TRUST_FOR_OTHER_ROLE", both, "policies[1] gives", asking("role-1"));
      refuses("TRUST_FOR_OTHER_ROLE", both, "policies[0] gives");
      assert.ok(prove([withRole("role-1"), allow({ aud: AUDIENCE, sub: "x" })], asking("role-1")));
    });

    it("an administrator's token that is not asked for, whichever definition gives it", () => {
      const admin = ofNamespace("ci", { authorizedPermissions: ["admin"] });
      const team = ofNamespace("ci", { tokenType: "team", teamName: "platform" });
      const asking = { token: { tokenType: "organization", admin: true } } as const;
      refuses("TRUST_ALLOWS_ADMIN", [admin], "set admin: true where this runner is one of them");
      assert.deepEqual(prove([admin], asking).definition.authorizedPermissions, ["admin"]);
      refuses("TRUST_DOES_NOT_ADMIT", [ofNamespace("ci")], "without admin, asked for admin", asking);
      const forTeam = { token: { tokenType: "team", team: "platform" } } as const;
      refuses("TRUST_ALLOWS_ADMIN", [team, admin], "policies[1] allows", forTeam);
      assert.throws(
        () => prove([team, admin], forTeam),
        (error: OidcRunnerError) => !error.message.includes("admin: true"),
      );
      assert.ok(prove([team, ofNamespace("web", { authorizedPermissions: ["admin"] })], forTeam));
      assert.ok(prove([ofNamespace("ci", { authorizedPermissions: ["standard"] })]));
    });

    it("a trust of another organization, whatever its rules are", () => {
      const policies = [ofNamespace("ci")];
      refused(() => prove(policies, {}, "other"), "TRUST_FOR_OTHER_ORGANIZATION", "deployer.trust", "other");
    });

    it("what the runner alone would be refused for", () => {
      refused(() => prove([ofNamespace("*")], { namespace: "Ci" }), "NAMESPACE_INVALID");
      refused(() => prove([ofNamespace("ci")], { token: { tokenType: "team" } }), "TOKEN_OWNER_MISSING");
    });

    it("a definition by the place in what was given, of which one may become two", () => {
      const repository = { repository: "acme/app", branch: "main", repositoryId: "1", ownerId: "2" };
      const github = { decision: "allow", tokenType: "organization", githubActions: repository } as const;
      refuses("TRUST_DOES_NOT_ADMIT", [github, deny({ aud: AUDIENCE })], "policies[1] matches and denies it");
      refuses("TRUST_DOES_NOT_ADMIT", [github, ofNamespace("web")], "policies[1] does not match");
    });
  });

  describe("rules on the pod's name", () => {
    const named = (name: string) => allow({ ...ofNamespace("ci").rules, '"kubernetes.io".pod.name': name });
    for (const name of ["deployer-*", "*d*", "deploye?-........-.....", "*-*-*"]) {
      it(`take ${name}, which every name of this runner's pods has`, () => assert.ok(prove([named(name)])));
    }
    for (const name of ["pod", "deployer", "runner-*", "deployer-0*", "*d", "deployer-........-....-....."]) {
      it(`refuse ${name}, which not every one has`, () => {
        refuses("TRUST_DOES_NOT_ADMIT", [named(name)], `"kubernetes.io".pod.name expected ${name}, got deployer-`);
      });
    }

    it("count in a deny too", () => {
      refuses(
        "TRUST_DOES_NOT_ADMIT",
        [ofNamespace("ci"), deny({ '"kubernetes.io".pod.name': "deployer-9*" })],
        "policies[1]",
      );
      assert.ok(prove([ofNamespace("ci"), deny({ '"kubernetes.io".pod.name': "debug-*" })]));
    });
  });
});
