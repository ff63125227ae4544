import assert from "node:assert/strict";
import { podClaims } from "../../../../trust/issuers/kubernetes";
import { explainShared } from "../../../../trust/parties/pulumi/explain-shared";
import type { TokenSelection } from "../../../../trust/policy/access-token";
import type { PolicyDefinition } from "../../../../trust/policy/model";

const ORGANIZATION: TokenSelection = { tokenType: "organization" };
const CLAIMS = podClaims({
  ...{ issuerUrl: "https://kubernetes.example.com", namespace: "ci", serviceAccountName: "deployer" },
  audience: "urn:pulumi:org:acme",
});

const allow = (sub: string, more: Partial<PolicyDefinition> = {}): PolicyDefinition => ({
  ...{ decision: "allow", tokenType: "organization", rules: { sub } },
  ...more,
});
const OURS = "system:serviceaccount:ci:*";

function explained(definitions: PolicyDefinition[], token = ORGANIZATION, origins: number[] = []) {
  const compiled = definitions.map((definition, index) => ({ definition, origin: origins[index] ?? index }));
  return explainShared(compiled, CLAIMS, token);
}

describe("trust/parties/pulumi/explain-shared", () => {
  it("tells of the definition that comes nearest, by its place among those that were given", () => {
    const { what, fix } = explained(
      [allow("repo:x"), allow("repo:y"), allow("system:serviceaccount:web:*")],
      ORGANIZATION,
      [0, 0, 1],
    );
    assert.match(what, /^policies\[1\] does not match: sub expected .*expected web, got ci\)$/);
    assert.match(fix, /^make policies\[1\] admit it, or leave createPolicy out/);
  });

  it("asks for another token only where the rules match, and in a program's words", () => {
    const team = { tokenType: "team", teamName: "platform" } as const;
    const near = explained([allow(OURS, team)]);
    assert.equal(near.what, "policies[0] is for another token: team platform, asked for organization; its rules match");
    assert.match(near.fix, /^give the runner accessToken: \{ team: \{ name: "platform" \} \}, or /);
    const far = explained([allow("system:serviceaccount:web:*", team)]);
    assert.match(far.what, /^policies\[0\] is for another token: team platform, asked for organization; and its rules/);
    assert.match(far.fix, /^make policies\[0\] admit it, or /);
    assert.doesNotMatch(far.what, /--token-type/);
  });

  it("says how to ask for an organization's token, and for one without admin", () => {
    assert.match(
      explained([allow(OURS)], { tokenType: "team", team: "web" }).fix,
      /^give the runner accessToken: \{ organization: \{\} \}, or /,
    );
    const { what, fix } = explained([allow(OURS)], { tokenType: "organization", admin: true });
    assert.match(what, /organization without admin, asked for admin/);
    assert.match(fix, /^leave admin out, or set admin: true in the policy's accessToken.organization, or /);
  });

  it("keeps names as they are, whatever signs they hold", () => {
    const odd = { tokenType: "team", teamName: "a (to ask for it: --x $& b)" } as const;
    assert.match(explained([allow(OURS, odd)]).fix, /team: \{ name: "a \(to ask for it: --x \$& b\)"/);
  });

  it("names a deny that stands in the way, and whether anything is behind it", () => {
    const deny = { decision: "deny" } as const;
    const shadowed = explained([allow(OURS), allow(OURS, deny)]);
    assert.match(shadowed.what, /^policies\[1\] matches and denies it, .*: sub is system:serviceaccount:ci:\*$/);
    assert.equal(shadowed.fix, "remove policies[1], or make it narrower");
    assert.match(explained([allow(OURS, deny)]).what, /; without it, no definition would allow this token either$/);
  });

  it("asks for an allow where there is none", () => {
    const { what, fix } = explained([allow("x", { decision: "deny" })]);
    assert.equal(what, "the policy has no allow");
    assert.match(fix, /^put an allow for this pod into the trust's policies, or leave createPolicy out/);
  });
});
