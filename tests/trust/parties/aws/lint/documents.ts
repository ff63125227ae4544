import assert from "node:assert/strict";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";

export const EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
export const GITHUB = "token.actions.githubusercontent.com";
export const PULUMI = "api.pulumi.com/oidc";
export const BUILDKITE = "agent.buildkite.com";
export const SUB = "system:serviceaccount:pulumi:deployer";
export const REPO = "repo:acme@1/app@2:ref:refs/heads/main";
export const AUD = "sts.amazonaws.com";

export type Conditions = Record<string, Record<string, string | string[]>>;
export const arn = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
export const statement = (issuer: string, Condition: Conditions, more: object = {}) => ({
  Effect: "Allow",
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: arn(issuer) },
  Condition,
  ...more,
});
export const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });

/** `NAME severity path` of each finding. */
export const found = (document: unknown, issuer?: string) =>
  lintAwsTrust(document, issuer).map(({ name, severity, path }) => `${name} ${severity} ${path}`);

export const eks = (Condition: Conditions, more: object = {}) => statement(EKS, Condition, more);
export const github = (Condition: Conditions) => statement(GITHUB, Condition);
export const equals = (sub: string | string[], more: Record<string, string | string[]> = {}, issuer = EKS) => ({
  StringEquals: { [`${issuer}:aud`]: AUD, [`${issuer}:sub`]: sub, ...more },
});
export const like = (sub: string | string[], issuer = EKS) => ({
  StringEquals: { [`${issuer}:aud`]: AUD },
  StringLike: { [`${issuer}:sub`]: sub },
});
export const at = (operator: string, claim: string, issuer = EKS, index = 0) =>
  `Statement[${index}].Condition${/^\w+$/.test(operator) ? `.${operator}` : `["${operator}"]`}["${issuer}:${claim}"]`;

/** A mistake with what is found, and what resembles it and is none. */
export interface Case {
  what: string;
  bad: object[];
  finding: string;
  good: object[][];
}

/** Declares a test for each case: what is found, nothing in what is like it, and in words. */
export function testCases(cases: readonly Case[]): void {
  for (const { what, bad, finding, good } of cases) {
    it(`finds ${what}: ${finding.split(" ")[0]}, and nothing in what is like it`, () => {
      assert.deepEqual(found(policy(...bad)), finding.split("; "));
      for (const statements of good) {
        assert.deepEqual(found(policy(...statements)), [], JSON.stringify(statements));
      }
    });
  }

  it("says what is wrong and what to do, in words", () => {
    for (const finding of cases.flatMap(({ bad }) => lintAwsTrust(policy(...bad)))) {
      assert.ok(finding.message.length > 20 && finding.fix.length > 10, finding.name);
    }
  });
}
