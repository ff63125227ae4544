import assert from "node:assert/strict";
import { evaluateAwsTrust } from "../../../../../provider/trust/documents/aws-evaluate/evaluate-aws-trust";
import { refused } from "../../../../helpers/refused";

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const CLAIMS = { iss: `https://${HOST}`, sub: "system:serviceaccount:pulumi:deployer", aud: ["sts.amazonaws.com"] };

const statement = (more: object = {}) => ({
  Effect: "Allow",
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
  ...more,
});
const policy = (...statements: unknown[]) => ({ Version: "2012-10-17", Statement: statements });

describe("provider/trust/documents/aws-evaluate", () => {
  it("names statement, operator, key, what was expected and what it got", () => {
    const Condition = { StringEquals: { [`${HOST}:sub`]: ["a", "b"] }, StringLike: { [`${HOST}:org`]: "acme" } };
    assert.deepEqual(evaluateAwsTrust(policy(statement({ Condition })), CLAIMS), {
      decision: "deny",
      reasons: [
        `statement 0 does not match: StringEquals ${HOST}:sub expected a or b, got system:serviceaccount:pulumi:deployer; ` +
          `StringLike ${HOST}:org expected acme, got no such key`,
      ],
    });
  });

  it("names the statement that decides by its Sid or its place", () => {
    assert.deepEqual(evaluateAwsTrust(policy(statement({ Sid: "Runner" })), CLAIMS).reasons, [
      "Runner matches and allows it",
    ]);
    assert.deepEqual(evaluateAwsTrust(policy(statement(), statement({ Effect: "Deny" })), CLAIMS).reasons, [
      "statement 1 matches and denies it, and a deny wins over every allow",
    ]);
  });

  it("says which action or principal is another", () => {
    const document = policy(statement({ Action: "sts:AssumeRole" }), statement({ Principal: { AWS: "123456789012" } }));
    assert.deepEqual(evaluateAwsTrust(document, CLAIMS).reasons, [
      "statement 0 does not match: Action sts:AssumeRole is not sts:AssumeRoleWithWebIdentity",
      `statement 1 does not match: Principal expected {"AWS":["123456789012"]}, got ${HOST}`,
    ]);
    assert.deepEqual(evaluateAwsTrust(policy(statement({ Effect: "Deny", Action: "sts:X" })), CLAIMS).reasons, [
      "the policy has no allow",
    ]);
  });

  for (const [what, Condition] of [
    ["a key of the request", { StringNotEquals: { "aws:SourceVpc": "vpc-1" } }],
    ["a key of the request, if it exists", { StringEqualsIfExists: { "sts:RoleSessionName": "x" } }],
    ["a time", { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }],
    ["a policy variable", { StringNotEquals: { [`${HOST}:sub`]: "${aws:username}" } }],
  ] as const) {
    it(`errs to deny where claims don't tell: ${what}`, () => {
      const doubtful = statement({ Condition });
      assert.equal(evaluateAwsTrust(policy(doubtful), CLAIMS).decision, "deny");
      const { decision, reasons } = evaluateAwsTrust(policy(statement(), { ...doubtful, Effect: "Deny" }), CLAIMS);
      assert.equal(decision, "deny");
      assert.match(reasons.join(), /not known: /);
      // What is known to fail decides nevertheless.
      const failing = { Effect: "Deny", Condition: { ...Condition, Null: { [`${HOST}:sub`]: "true" } } };
      assert.equal(evaluateAwsTrust(policy(statement(), statement(failing)), CLAIMS).decision, "allow");
    });
  }

  it("matches no federated principal for a token without an https issuer", () => {
    for (const iss of [undefined, 7, HOST, `http://${HOST}`, [`https://${HOST}`]]) {
      assert.equal(evaluateAwsTrust(policy(statement()), { ...CLAIMS, iss }).decision, "deny", String(iss));
    }
  });

  it("takes a pattern of many stars and a subject of 2 kB in its stride", () => {
    const Condition = { StringLike: { [`${HOST}:sub`]: `${"*a".repeat(1000)}b` } };
    assert.equal(
      evaluateAwsTrust(policy(statement({ Condition })), { ...CLAIMS, sub: "a".repeat(2000) }).decision,
      "deny",
    );
  });

  for (const [what, document] of [
    ["no object", []],
    ["nothing", null],
    ["another version", { ...policy(statement()), Version: "2020-01-01" }],
    ["no statement", policy()],
    ["a statement that is none", policy("x")],
    ["an unknown effect", policy(statement({ Effect: "allow" }))],
    ["no action", policy(statement({ Action: undefined }))],
    ["two kinds of action", policy(statement({ NotAction: "sts:X" }))],
    ["an action that is no text", policy(statement({ Action: [1] }))],
    ["no principal", policy(statement({ Principal: undefined }))],
    ["everybody but one", policy(statement({ NotPrincipal: { AWS: "*" } }))],
    ["a resource", policy(statement({ Resource: "*" }))],
    ["a misspelt operator", policy(statement({ Condition: { StringEqual: { "a:b": "c" } } }))],
    ["a set operator that is none", policy(statement({ Condition: { "ForSomeValues:StringEquals": { "a:b": "c" } } }))],
    ["a condition without keys", policy(statement({ Condition: { StringEquals: "c" } }))],
    ["a value that can't be compared", policy(statement({ Condition: { StringEquals: { "a:b": { c: 1 } } } }))],
  ] as const) {
    it(`refuses ${what}`, () => refused(() => evaluateAwsTrust(document, CLAIMS), "AWS_POLICY_INVALID"));
  }
});
