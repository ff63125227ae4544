import assert from "node:assert/strict";
import { awsTrustPolicy } from "../../../../../../provider/trust/documents/aws";
import { lintAwsTrust } from "../../../../../../provider/trust/lint/documents/aws/lint-aws-trust";
import { refused } from "../../../../../helpers/refused";

const EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const GITHUB = "token.actions.githubusercontent.com";
const PULUMI = "api.pulumi.com/oidc";
const BUILDKITE = "agent.buildkite.com";
const SUB = "system:serviceaccount:pulumi:deployer";
const REPO = "repo:acme@1/app@2:ref:refs/heads/main";
const AUD = "sts.amazonaws.com";

type Conditions = Record<string, Record<string, string | string[]>>;
const arn = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
const statement = (issuer: string, Condition: Conditions, more: object = {}) => ({
  Effect: "Allow",
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: arn(issuer) },
  Condition,
  ...more,
});
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });

/** `NAME severity path` of each finding. */
const found = (document: unknown, issuer?: string) =>
  lintAwsTrust(document, issuer).map(({ name, severity, path }) => `${name} ${severity} ${path}`);

const eks = (Condition: Conditions, more: object = {}) => statement(EKS, Condition, more);
const github = (Condition: Conditions) => statement(GITHUB, Condition);
const equals = (sub: string | string[], more: Record<string, string | string[]> = {}, issuer = EKS) => ({
  StringEquals: { [`${issuer}:aud`]: AUD, [`${issuer}:sub`]: sub, ...more },
});
const like = (sub: string | string[], issuer = EKS) => ({
  StringEquals: { [`${issuer}:aud`]: AUD },
  StringLike: { [`${issuer}:sub`]: sub },
});
const at = (operator: string, claim: string, issuer = EKS, index = 0) =>
  `Statement[${index}].Condition${/^\w+$/.test(operator) ? `.${operator}` : `["${operator}"]`}["${issuer}:${claim}"]`;

/** A mistake with what is found, and what resembles it and is none. */
interface Case {
  what: string;
  bad: object[];
  finding: string;
  good: object[][];
}

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
    what: "a value and a pattern that exclude each other",
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

describe("provider/trust/lint/documents/aws", () => {
  for (const { what, bad, finding, good } of cases) {
    it(`finds ${what}: ${finding.split(" ")[0]}, and nothing in what is like it`, () => {
      assert.deepEqual(found(policy(...bad)), finding.split("; "));
      for (const statements of good) {
        assert.deepEqual(found(policy(...statements)), [], JSON.stringify(statements));
      }
    });
  }

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
    const issuerUrl = `https://${EKS}`;
    const trust = { oidcProviderArn: arn(EKS), issuerUrl, namespace: "pulumi", serviceAccountName: "deployer" };
    assert.deepEqual(found(awsTrustPolicy(trust), issuerUrl), []);
  });

  it("refuses what is no trust policy", () => {
    refused(() => lintAwsTrust({}), "AWS_POLICY_INVALID");
    refused(() => lintAwsTrust(null), "AWS_POLICY_INVALID");
    refused(() => lintAwsTrust(policy(eks({ StringResembles: { [`${EKS}:sub`]: SUB } }))), "AWS_POLICY_INVALID");
  });

  it("is not slowed down by patterns of 100 kB", () => {
    for (const pattern of ["*", "a*", "?a."].map((part) => part.repeat(100_000 / part.length))) {
      const allow = github(like(`repo:acme@1/${pattern}`, GITHUB));
      assert.ok(found(policy(allow, { ...allow, Effect: "Deny" })).includes("DENY_SHADOWS_ALLOW error Statement[0]"));
    }
  });

  it("says what is wrong and what to do, in words", () => {
    for (const finding of cases.flatMap(({ bad }) => lintAwsTrust(policy(...bad)))) {
      assert.ok(finding.message.length > 20 && finding.fix.length > 10, finding.name);
    }
  });
});
