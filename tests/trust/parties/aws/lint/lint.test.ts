import assert from "node:assert/strict";
import { awsTrustPolicy } from "../../../../../trust/parties/aws/document";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";
import { refused } from "../../../../helpers/refused";
import {
  AUD,
  arn,
  at,
  BUILDKITE,
  type Case,
  type Conditions,
  EKS,
  eks,
  equals,
  found,
  GITHUB,
  github,
  like,
  PULUMI,
  policy,
  REPO,
  SUB,
  statement,
  testCases,
} from "./documents";

const cases: Case[] = [
  {
    what: "an allow without conditions",
    bad: [eks({})],
    finding: "ALLOW_WITHOUT_RULES error Statement[0].Condition",
    good: [[eks(equals(SUB))]],
  },
  {
    what: "conditions on the request alone",
    bad: [eks({ IpAddress: { "aws:SourceIp": "192.0.2.0/24" } })],
    finding: "ALLOW_WITHOUT_RULES error Statement[0].Condition",
    good: [[eks({ ...equals(SUB), IpAddress: { "aws:SourceIp": "192.0.2.0/24" } })]],
  },
  {
    what: "no audience",
    bad: [eks({ StringEquals: { [`${EKS}:sub`]: SUB } })],
    finding: "MISSING_AUDIENCE error Statement[0].Condition",
    good: [[eks({ StringEquals: { [`${EKS}:sub`]: SUB, [`${EKS}:oaud`]: AUD } })]],
  },
  {
    what: "an audience of wildcards",
    bad: [eks({ StringEquals: { [`${EKS}:sub`]: SUB }, StringLike: { [`${EKS}:aud`]: "*" } })],
    finding: "MISSING_AUDIENCE error Statement[0].Condition",
    good: [[eks({ StringEquals: { [`${EKS}:sub`]: SUB }, StringLike: { [`${EKS}:aud`]: AUD } })]],
  },
  {
    what: "no subject",
    bad: [eks({ StringEquals: { [`${EKS}:aud`]: AUD } })],
    finding: "MISSING_SUBJECT error Statement[0].Condition",
    good: [],
  },
  {
    what: "no subject of an issuer for which IAM demands one, though an id says whose it is",
    bad: [github({ StringEquals: { [`${GITHUB}:aud`]: AUD, [`${GITHUB}:repository_id`]: "2" } })],
    finding: "MISSING_SUBJECT error Statement[0].Condition",
    good: [[github(equals(REPO, { [`${GITHUB}:repository_id`]: "2" }, GITHUB))]],
  },
  {
    what: "no subject where the audience names the organization",
    bad: [statement(PULUMI, { StringEquals: { [`${PULUMI}:aud`]: "acme" } })],
    finding: "MISSING_SUBJECT warning Statement[0].Condition",
    good: [
      [
        statement(PULUMI, {
          StringEquals: { [`${PULUMI}:aud`]: "acme" },
          StringLike: { [`${PULUMI}:sub`]: "pulumi:deploy:org:acme:project:app:*" },
        }),
      ],
    ],
  },
  {
    what: "a subject that is only excluded",
    bad: [
      eks({ StringEquals: { [`${EKS}:aud`]: AUD }, StringNotEquals: { [`${EKS}:sub`]: "system:serviceaccount:a:b" } }),
    ],
    finding: `NEGATED_SUBJECT error ${at("StringNotEquals", "sub")}`,
    good: [
      [
        eks({
          ...like("system:serviceaccount:pulumi:*"),
          StringNotEquals: { [`${EKS}:sub`]: "system:serviceaccount:pulumi:default" },
        }),
      ],
    ],
  },
  {
    what: "everybody as the principal",
    bad: [eks(equals(SUB), { Principal: "*" })],
    finding: "ANY_PRINCIPAL error Statement[0].Principal",
    good: [[eks(equals(SUB))]],
  },
  {
    what: "everybody as a federated principal",
    bad: [eks(equals(SUB), { Principal: { Federated: "*" } })],
    finding: "ANY_PRINCIPAL error Statement[0].Principal",
    good: [[{ ...eks({}), Effect: "Deny", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }]],
  },
  {
    what: "a star where it stands for itself",
    bad: [eks(equals("system:serviceaccount:pulumi:*"))],
    finding: `LITERAL_WILDCARD error ${at("StringEquals", "sub")}`,
    good: [[eks(like("system:serviceaccount:pulumi:*"))]],
  },
  {
    what: "an excluded star that stands for itself",
    bad: [eks({ ...equals(SUB), StringNotEquals: { [`${EKS}:email`]: "*@example.com" } })],
    finding: `LITERAL_WILDCARD error ${at("StringNotEquals", "email")}`,
    good: [
      [eks({ ...equals(SUB), StringNotLike: { [`${EKS}:email`]: "*@example.com" } })],
      [eks(equals(`${SUB}\${*}`))],
    ],
  },
  {
    what: "all subjects",
    bad: [eks(like("*"))],
    finding: `BROAD_SUBJECT error ${at("StringLike", "sub")}`,
    good: [[eks(like(SUB))]],
  },
  {
    what: "one subject of several that is all",
    bad: [eks(like([SUB, "system:serviceaccount:*"]))],
    finding: `BROAD_SUBJECT error ${at("StringLike", "sub")}[1]`,
    good: [[eks(like([SUB, "system:serviceaccount:other:*"]))]],
  },
  {
    what: "an owner's name without its delimiter",
    bad: [github(like("repo:acme@1*", GITHUB))],
    finding: `WILDCARD_WITHOUT_DELIMITER error ${at("StringLike", "sub", GITHUB)}; MUTABLE_GITHUB_NAME warning ${at("StringLike", "sub", GITHUB)}`,
    good: [[github(like("repo:acme@1/*", GITHUB))]],
  },
  {
    what: "an organization's name without its delimiter",
    bad: [statement(BUILDKITE, like("organization:acme*", BUILDKITE))],
    finding: `WILDCARD_WITHOUT_DELIMITER error ${at("StringLike", "sub", BUILDKITE)}`,
    good: [[statement(BUILDKITE, like("organization:acme:*", BUILDKITE))]],
  },
  {
    what: "a star across delimiters",
    bad: [github(like("repo:acme@1/*:ref:refs/heads/main", GITHUB))],
    finding: `WILDCARD_ACROSS_DELIMITER warning ${at("StringLike", "sub", GITHUB)}`,
    good: [[github(like("repo:acme@1/app@2:ref:refs/heads/*", GITHUB))]],
  },
  {
    what: "a repository's name",
    bad: [github(equals("repo:acme/app:ref:refs/heads/main", {}, GITHUB))],
    finding: `MUTABLE_GITHUB_NAME warning ${at("StringEquals", "sub", GITHUB)}`,
    good: [
      [github(equals(REPO, {}, GITHUB))],
      [github(equals("repo:acme/app:ref:refs/heads/main", { [`${GITHUB}:repository_id`]: "2" }, GITHUB))],
    ],
  },
];

describe("trust/lint/documents/aws", () => {
  testCases(cases);

  it("does not take a deny of a claim for one of tokens without it", () => {
    const deny = { ...eks({ Null: { [`${EKS}:email`]: "false" } }), Effect: "Deny" };
    const email = { [`${EKS}:email`]: "a@example.com" };
    const names = (Condition: Conditions) => found(policy(eks(Condition), deny)).map((text) => text.split(" ")[0]);
    assert.deepEqual(names({ ...equals(SUB), StringEqualsIfExists: email }), ["ADMITS_ABSENT_CLAIM"]);
    assert.deepEqual(names({ ...equals(SUB), "ForAllValues:StringEquals": email }), ["SET_OPERATOR_ON_SINGLE_VALUE"]);
    assert.deepEqual(names(equals(SUB, email)), ["DENY_SHADOWS_ALLOW"]);
  });

  it("looks at each issuer of a statement for itself", () => {
    const two = eks(equals(SUB), { Principal: { Federated: [arn(EKS), arn(GITHUB)] } });
    assert.deepEqual(
      found(policy(two)).map((text) => text.split(" ")[0]),
      ["FOREIGN_CONDITION_KEY", "FOREIGN_CONDITION_KEY"],
    );
  });

  it("finds that another issuer is trusted than the given one", () => {
    const document = policy(eks(equals(SUB)));
    assert.deepEqual(found(document, `https://${EKS}`), []);
    const [slash] = lintAwsTrust(document, `https://${EKS}/`);
    assert.equal(slash?.name, "ISSUER_MISMATCH");
    assert.match(slash.message, /only by a final slash/);
  });

  it("names a statement that stands alone without a number", () => {
    assert.deepEqual(found({ Version: "2012-10-17", Statement: eks({}) }), [
      "ALLOW_WITHOUT_RULES error Statement.Condition",
    ]);
  });

  it("has nothing against what the runners write", () => {
    const issuer = `https://${EKS}`;
    const subject = "system:serviceaccount:pulumi:deployer";
    const trust = { oidcProviderArn: arn(EKS), issuer, subject, audience: "sts.amazonaws.com" };
    assert.deepEqual(found(awsTrustPolicy(trust), issuer), []);
  });

  it("refuses what is no trust policy", () => {
    refused(() => lintAwsTrust({}), "AWS_POLICY_INVALID");
    refused(() => lintAwsTrust(null), "AWS_POLICY_INVALID");
    refused(() => lintAwsTrust(policy(eks({ StringResembles: { [`${EKS}:sub`]: SUB } }))), "AWS_POLICY_INVALID");
  });
});
