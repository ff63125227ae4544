import assert from "node:assert/strict";
import { podClaims } from "../../../../trust/issuers/kubernetes";
import { evaluate } from "../../../../trust/parties/pulumi/evaluate";
import { proveRunnerTrust, type RunnerTrust } from "../../../../trust/parties/pulumi/proof";
import { refused } from "../../../helpers/refused";

const TRUST: RunnerTrust = {
  organization: "acme",
  issuerUrl: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123",
  namespace: "pulumi",
  serviceAccountName: "deployer",
  token: { tokenType: "team", team: "platform" },
};

describe("trust/parties/pulumi/proof", () => {
  it("derives subject, audience and the one allow", () => {
    assert.deepEqual(proveRunnerTrust(TRUST), {
      issuerUrl: TRUST.issuerUrl,
      namespace: "pulumi",
      serviceAccountName: "deployer",
      subject: "system:serviceaccount:pulumi:deployer",
      audience: "urn:pulumi:org:acme",
      definition: {
        decision: "allow",
        tokenType: "team",
        teamName: "platform",
        authorizedPermissions: [],
        rules: { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:deployer" },
      },
    });
  });

  it("carries a role, and no permission", () => {
    const { definition } = proveRunnerTrust({ ...TRUST, token: { tokenType: "organization", roleId: "role-1" } });
    assert.deepEqual([definition.roleID, definition.authorizedPermissions], ["role-1", []]);
    assert.equal(proveRunnerTrust({ ...TRUST, token: { tokenType: "organization" } }).definition.roleID, undefined);
  });

  it("allows an administrator's token only when one is asked for", () => {
    const decide = (token: RunnerTrust["token"]) => {
      const { definition, audience } = proveRunnerTrust({ ...TRUST, token });
      const request = { tokenType: "organization", admin: true } as const;
      return [
        definition.authorizedPermissions,
        evaluate([definition], podClaims({ ...TRUST, audience }), request).decision,
      ];
    };
    assert.deepEqual(decide({ tokenType: "organization", admin: true }), [["admin"], "allow"]);
    assert.deepEqual(decide({ tokenType: "organization", admin: false }), [[], "deny"]);
    assert.deepEqual(decide({ tokenType: "organization" }), [[], "deny"]);
  });

  it("takes a token for another audience where one is exchanged, and then no other", () => {
    const { audience, definition } = proveRunnerTrust({ ...TRUST, audience: "sts.amazonaws.com" });
    assert.deepEqual([audience, definition.rules.aud], ["sts.amazonaws.com", "sts.amazonaws.com"]);
    const decide = (aud: string) =>
      evaluate([definition], podClaims({ ...TRUST, audience: aud }), { tokenType: "team", team: "platform" }).decision;
    assert.deepEqual([decide("sts.amazonaws.com"), decide("urn:pulumi:org:acme")], ["allow", "deny"]);
  });

  it("admits the runner's pod and refuses its neighbours, other tokens and admin", () => {
    const { definition, audience } = proveRunnerTrust(TRUST);
    const pod = { ...TRUST, audience };
    const request = { tokenType: "team", team: "platform" } as const;
    const decide = (other: Partial<typeof pod>) => evaluate([definition], podClaims({ ...pod, ...other }), request);
    assert.equal(decide({}).decision, "allow");
    for (const neighbour of [
      { serviceAccountName: "deployer2" },
      { serviceAccountName: "deploye" },
      { serviceAccountName: "default" },
      { namespace: "pulumi-dev" },
      { namespace: "ulumi" },
      { audience: "urn:pulumi:org:acme2" },
      { audience: "sts.amazonaws.com" },
    ]) {
      assert.equal(decide(neighbour).decision, "deny", JSON.stringify(neighbour));
    }
    for (const other of [{ ...request, team: "web" }, { ...request, admin: true }, { tokenType: "organization" }]) {
      assert.equal(evaluate([definition], podClaims(pod), other as typeof request).decision, "deny");
    }
  });

  const bad: [Partial<RunnerTrust>, string][] = [
    [{ organization: "" }, "ORGANIZATION_EMPTY"],
    [{ organization: "acme corp" }, "ORGANIZATION_INVALID"],
    [{ issuerUrl: "http://issuer.example.com" }, "ISSUER_URL_INVALID"],
    [{ namespace: "Pulumi" }, "NAMESPACE_INVALID"],
    [{ namespace: "*" }, "NAMESPACE_INVALID"],
    [{ serviceAccountName: "my.app" }, "SERVICE_ACCOUNT_NAME_INVALID"],
    [{ serviceAccountName: "deployer*" }, "SERVICE_ACCOUNT_NAME_INVALID"],
    [{ token: { tokenType: "team" } }, "TOKEN_OWNER_MISSING"],
    [{ token: { tokenType: "team", team: "*" } }, "TOKEN_OWNER_WILDCARD"],
  ];
  for (const [change, code] of bad) {
    it(`refuses ${JSON.stringify(change)}`, () => refused(() => proveRunnerTrust({ ...TRUST, ...change }), code));
  }

  it("takes the names it compares its neighbours by", () => {
    for (const serviceAccountName of ["default-neighbour", "x", "a".repeat(63)]) {
      assert.ok(proveRunnerTrust({ ...TRUST, serviceAccountName }).subject.endsWith(`:${serviceAccountName}`));
    }
  });
});
