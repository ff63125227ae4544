import {
  AUD,
  arn,
  at,
  type Case,
  EKS,
  eks,
  equals,
  GITHUB,
  github,
  like,
  PULUMI,
  REPO,
  SUB,
  statement,
  testCases,
} from "./documents";

/** Operators, keys, and what leaves nothing of an allow. */
const cases: Case[] = [
  {
    what: "ForAllValues on a claim with one value",
    bad: [eks({ "ForAllValues:StringEquals": { [`${EKS}:aud`]: AUD, [`${EKS}:sub`]: SUB } })],
    finding: `SET_OPERATOR_ON_SINGLE_VALUE error ${at("ForAllValues:StringEquals", "aud")}; SET_OPERATOR_ON_SINGLE_VALUE error ${at("ForAllValues:StringEquals", "sub")}`,
    good: [[eks({ ...equals(SUB), "ForAllValues:StringEquals": { [`${EKS}:amr`]: "authenticated" } })]],
  },
  {
    what: "ForAnyValue on a claim with one value",
    bad: [eks({ StringEquals: { [`${EKS}:sub`]: SUB }, "ForAnyValue:StringEquals": { [`${EKS}:aud`]: AUD } })],
    finding: `SET_OPERATOR_ON_SINGLE_VALUE warning ${at("ForAnyValue:StringEquals", "aud")}`,
    good: [[eks({ ...equals(SUB), "ForAnyValue:StringLike": { [`${EKS}:amr`]: "authenticated" } })]],
  },
  {
    what: "IfExists",
    bad: [eks({ StringEquals: { [`${EKS}:aud`]: AUD }, StringEqualsIfExists: { [`${EKS}:sub`]: SUB } })],
    finding: `ADMITS_ABSENT_CLAIM error ${at("StringEqualsIfExists", "sub")}`,
    good: [[eks({ ...equals(SUB), StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } })]],
  },
  {
    what: "a claim that must be absent",
    bad: [eks({ ...equals(SUB), Null: { [`${EKS}:email`]: "true" } })],
    finding: `ADMITS_ABSENT_CLAIM error ${at("Null", "email")}`,
    good: [[eks({ ...equals(SUB), Null: { [`${EKS}:email`]: "false" } })]],
  },
  {
    what: "a claim STS makes no key of",
    bad: [eks(equals(SUB, { [`${EKS}:namespace`]: "pulumi" }))],
    finding: `UNKNOWN_CLAIM error ${at("StringEquals", "namespace")}`,
    good: [[eks(equals(SUB, { [`${EKS}:email`]: "a@example.com" }))]],
  },
  {
    what: "a claim STS makes a key of for others",
    bad: [statement(PULUMI, equals("pulumi:deploy:org:acme:x", { [`${PULUMI}:environment`]: "production" }, PULUMI))],
    finding: `UNKNOWN_CLAIM error ${at("StringEquals", "environment", PULUMI)}`,
    good: [
      [github(equals(REPO, { [`${GITHUB}:environment`]: "production" }, GITHUB))],
      [
        statement(
          "accounts.google.com",
          equals("10", { "accounts.google.com:google/organization_number": "1" }, "accounts.google.com"),
          {
            Principal: { Federated: "accounts.google.com" },
          },
        ),
      ],
    ],
  },
  {
    what: "a key with the ARN of the provider",
    bad: [eks({ StringEquals: { [`${EKS}:aud`]: AUD, [`${arn(EKS)}:sub`]: SUB } })],
    finding: `FOREIGN_CONDITION_KEY error Statement[0].Condition.StringEquals["${arn(EKS)}:sub"]`,
    good: [[eks({ StringEquals: { [`${EKS.toUpperCase()}:aud`]: AUD, [`${EKS}:SUB`]: SUB } })]],
  },
  {
    what: "a key of another issuer",
    bad: [eks(equals(SUB, { [`${EKS}4:aud`]: AUD }))],
    finding: `FOREIGN_CONDITION_KEY error Statement[0].Condition.StringEquals["${EKS}4:aud"]`,
    good: [[eks(equals(SUB)), statement(`${EKS}4`, equals(SUB, {}, `${EKS}4`))]],
  },
  {
    what: "a value and a pattern that are mutually exclusive",
    bad: [
      eks({
        ...equals(SUB),
        StringLike: { [`${EKS}:sub`]: ["system:serviceaccount:a:*", "system:serviceaccount:b:*"] },
      }),
    ],
    finding: `CONTRADICTORY_CONDITIONS error ${at("StringLike", "sub")}`,
    good: [[eks({ ...equals(SUB), StringLike: { [`${EKS}:sub`]: "system:serviceaccount:*" } })]],
  },
  {
    what: "a value that is excluded as well",
    bad: [eks({ ...equals(SUB), StringNotEquals: { [`${EKS}:sub`]: SUB } })],
    finding: `CONTRADICTORY_CONDITIONS error ${at("StringNotEquals", "sub")}`,
    good: [[eks({ ...equals([SUB, `${SUB}-2`]), StringNotEquals: { [`${EKS}:sub`]: SUB } })]],
  },
  {
    what: "a deny of everything",
    bad: [eks(equals(SUB)), { ...eks({}), Effect: "Deny" }],
    finding: "DENY_SHADOWS_ALLOW error Statement[0]",
    good: [
      [eks(equals(SUB)), { ...statement(GITHUB, {}), Effect: "Deny" }],
      [eks(equals(SUB)), { ...eks({ Bool: { "aws:SecureTransport": "false" } }), Effect: "Deny" }],
      [eks(equals(SUB)), { ...eks({}), Effect: "Deny", Action: "sts:AssumeRole" }],
    ],
  },
  {
    what: "a deny of everybody else that means this one too",
    bad: [
      eks(like("system:serviceaccount:pulumi:run-*")),
      { ...eks({ StringLike: { [`${EKS}:sub`]: "system:serviceaccount:*:run-*" } }), Effect: "Deny", Principal: "*" },
    ],
    finding: "DENY_SHADOWS_ALLOW error Statement[0]",
    good: [
      [
        eks(like("system:serviceaccount:pulumi:run-*")),
        { ...eks({ StringLike: { [`${EKS}:sub`]: "system:serviceaccount:*:run-?" } }), Effect: "Deny", Principal: "*" },
      ],
      [
        eks(equals(SUB)),
        { ...eks({ StringNotEquals: { [`${EKS}:sub`]: SUB } }), Effect: "Deny", Principal: { Federated: "*" } },
      ],
    ],
  },
  {
    what: "a deny of all but somebody else",
    bad: [eks(equals(SUB)), { ...eks({ StringNotEquals: { [`${EKS}:sub`]: `${SUB}-2` } }), Effect: "Deny" }],
    finding: "DENY_SHADOWS_ALLOW error Statement[0]",
    good: [],
  },
  {
    what: "a deny that never takes effect",
    bad: [eks(equals(SUB)), { ...eks({ StringEquals: { [`${EKS}:sub`]: "system:*" } }), Effect: "Deny" }],
    finding: `LITERAL_WILDCARD error ${at("StringEquals", "sub", EKS, 1)}`,
    good: [[eks(equals(SUB)), { ...eks({ StringEqualsIfExists: { [`${EKS}:sub`]: "x" } }), Effect: "Deny" }]],
  },
  {
    what: "the action of accounts and services",
    bad: [eks(equals(SUB), { Action: "sts:AssumeRole" })],
    finding: "WRONG_ACTION error Statement[0].Action",
    good: [
      [eks(equals(SUB), { Action: ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"] })],
      [eks(equals(SUB)), eks({}, { Action: "sts:TagSession" })],
      [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
    ],
  },
];

describe("trust/parties/aws/lint: conditions and denies", () => {
  testCases(cases);
});
