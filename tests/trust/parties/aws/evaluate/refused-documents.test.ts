import { evaluateAwsTrust } from "../../../../../trust/parties/aws/evaluate/evaluate";
import { refused } from "../../../../helpers/refused";

const CLAIMS = { iss: "https://issuer.example.com", sub: "system:serviceaccount:pulumi:deployer" };

const statement = (more: object = {}) => ({
  Effect: "Allow",
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/issuer.example.com" },
  ...more,
});
const policy = (...statements: unknown[]) => ({ Version: "2012-10-17", Statement: statements });

describe("trust/parties/aws/evaluate: what IAM would not store", () => {
  const on = (Condition: unknown) => policy(statement({ Condition }));
  const bad: [what: string, document: unknown, where: string, words: string][] = [
    ["no object", [], "the policy", "it is not an object"],
    ["nothing", null, "the policy", "it is not an object"],
    ["another version", { ...policy(statement()), Version: "2020-01-01" }, "Version", "its Version is neither"],
    ["no statement", policy(), "Statement", "it has no statement"],
    ["a statement that is none", policy("x"), "statement 0", "it is not an object"],
    ["a second statement that is none", policy(statement(), null), "statement 1", "it is not an object"],
    ["an unknown effect", policy(statement({ Effect: "allow" })), "statement 0", "its Effect is neither"],
    ["no action", policy(statement({ Action: undefined })), "statement 0", "exactly one of Action and NotAction"],
    ["two kinds of action", policy(statement({ NotAction: "sts:X" })), "statement 0", "exactly one of Action and"],
    ["an empty list of actions", policy(statement({ Action: [] })), "statement 0.Action", "neither a text nor"],
    ["an action that is no text", policy(statement({ Action: ["a", 1] })), "statement 0.Action", "neither a text nor"],
    [
      "an exempt action that is no text",
      policy(statement({ Action: undefined, NotAction: 1 })),
      ...(["statement 0.NotAction", "neither a text nor"] as const),
    ],
    ["no principal", policy(statement({ Principal: undefined })), "statement 0.Principal", "it is not an object"],
    ["a principal by name", policy(statement({ Principal: "x" })), "statement 0.Principal", "it is not an object"],
    ["a principal of a number", policy(statement({ Principal: { AWS: 1 } })), "statement 0.Principal.AWS", "neither a"],
    ["everybody but one", policy(statement({ NotPrincipal: { AWS: "*" } })), "statement 0", "can't have NotPrincipal"],
    ["a resource", policy(statement({ Resource: "*" })), "statement 0", "a role's trust policy can't have Resource"],
    [
      "a misspelt operator",
      on({ StringEqual: { "a:b": "c" } }),
      "statement 0",
      "StringEqual is not a condition operator",
    ],
    [
      "a set operator that is none",
      on({ "ForSomeValues:StringEquals": { "a:b": "c" } }),
      "statement 0",
      "ForSomeValues",
    ],
    ["a set operator behind text", on({ "xForAnyValue:StringEquals": { "a:b": "c" } }), "statement 0", "xForAnyValue"],
    [
      "an operator with a line end",
      on({ "StringEquals\nx": { "a:b": "c" } }),
      "statement 0",
      "is not a condition operator",
    ],
    ["an operator on a second line", on({ "x\nForAnyValue:StringEquals": { "a:b": "c" } }), "statement 0", "operator"],
    [
      "a condition without keys",
      on({ StringEquals: "c" }),
      "statement 0.Condition.StringEquals",
      "it is not an object",
    ],
    [
      "a value that can't be compared",
      on({ StringEquals: { "a:b": { c: 1 } } }),
      ...(["statement 0.Condition.StringEquals.a:b", "neither a text nor"] as const),
    ],
    [
      "a missing value among others",
      on({ StringEquals: { "a:b": ["c", null] } }),
      ...(["statement 0.Condition.StringEquals.a:b", "neither a text nor"] as const),
    ],
  ];
  for (const [what, document, where, words] of bad) {
    it(`refuses ${what}`, () => {
      refused(() => evaluateAwsTrust(document, CLAIMS), "AWS_POLICY_INVALID", where, words);
      refused(
        () => evaluateAwsTrust(document, CLAIMS),
        "AWS_POLICY_INVALID",
        where,
        "this is not a trust policy of an IAM role: ",
      );
    });
  }
});
