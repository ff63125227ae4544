import assert from "node:assert/strict";
import { lintAwsTrust } from "../../../trust/parties/aws/lint/lint";
import { found, withSub } from "./definitions";

const named = (sub: string) => found(withSub(sub)).filter((finding) => finding.startsWith("YAML_SUBJECT"));

describe("trust/lint/check-yaml-subject", () => {
  it("finds the subject of definitions that are not saved", () => {
    for (const sub of [
      "pulumi:environments:org:acme:env:<yaml>",
      "pulumi:environments:pulumi.organization.login:acme:rootEnvironment.name:<yaml>:currentEnvironment.name:site/prod",
    ]) {
      assert.deepEqual(named(sub), ["YAML_SUBJECT error"], sub);
    }
  });

  it("leaves environments alone that have a name", () => {
    for (const sub of [
      "pulumi:environments:org:acme:env:site/prod",
      "pulumi:environments:org:acme:env:yaml",
      "pulumi:environments:org:acme:env:site/<yaml>",
      "repo:acme/app:<yaml>",
    ]) {
      assert.deepEqual(named(sub), [], sub);
    }
  });

  it("says so of a role as well", () => {
    const host = "api.pulumi.com/oidc";
    const policy = (sub: string) => ({
      Version: "2012-10-17",
      Statement: [
        {
          ...{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity" },
          Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` },
          Condition: { StringEquals: { [`${host}:sub`]: sub, [`${host}:aud`]: "aws:acme" } },
        },
      ],
    });
    const start = "pulumi:environments:org:acme:env:";
    const names = (sub: string) => lintAwsTrust(policy(sub)).map(({ name }) => name);
    assert.deepEqual(names(`${start}<yaml>`), ["YAML_SUBJECT"]);
    assert.deepEqual(names(`${start}site/prod`), []);
  });
});
