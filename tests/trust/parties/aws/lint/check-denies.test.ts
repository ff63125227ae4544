import assert from "node:assert/strict";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";
import { AUD, type Conditions, EKS, eks, equals, GITHUB, like, policy, SUB, statement } from "./documents";

const EMAIL = `${EKS}:email`;
const RUN = "system:serviceaccount:pulumi:run-";

const shadowing = (allow: Conditions, deny: object) =>
  lintAwsTrust(policy(eks(allow), { ...deny, Effect: "Deny" })).filter(({ name }) => name === "DENY_SHADOWS_ALLOW");
const sub = (operator: string, value: string | string[]) => ({ [operator]: { [`${EKS}:sub`]: value } });
const email = (operator: string, value: string | string[]) => ({ [operator]: { [EMAIL]: value } });

/** An allow, conditions under which a deny leaves nothing of it, and others that leave something. */
const cases: { what: string; allow: Conditions; nothing: Conditions[]; something: Conditions[] }[] = [
  {
    what: "several subjects",
    allow: equals([SUB, `${SUB}-2`]),
    nothing: [sub("StringEquals", [`${SUB}-2`, "other", SUB]), sub("StringNotEquals", "other")],
    something: [
      sub("StringEquals", SUB),
      sub("StringNotEquals", SUB),
      sub("StringNotEquals", `${SUB}-2`),
      sub("StringNotEquals", [SUB, "other"]),
    ],
  },
  {
    what: "a star, which can be nothing, one letter or many",
    allow: like(`${RUN}*`),
    nothing: [sub("StringLike", `${RUN}*`), sub("StringLike", ["other", "system:serviceaccount:*:run-*"])],
    something: [
      ...[sub("StringLike", `${RUN}?*`), sub("StringLike", `${RUN}?`), sub("StringLike", `${RUN}1*`)],
      ...[sub("StringEquals", RUN), sub("StringEquals", `${RUN}*`), sub("StringNotEquals", "other")],
      // Some of its lengths, and not those between.
      ...[sub("StringLike", [RUN, `${RUN}???`]), sub("StringLike", [RUN, `${RUN}??*`])],
    ],
  },
  {
    what: "a question mark, which is one letter",
    allow: like(`${RUN}?`),
    nothing: [sub("StringLike", `${RUN}?`), sub("StringLike", `${RUN}*`), sub("StringLike", `${RUN}?*`)],
    something: [sub("StringLike", `${RUN}1`), sub("StringLike", `${RUN}??`), sub("StringLike", RUN)],
  },
  {
    what: "a dot, which is no wildcard",
    allow: like(`${RUN}v1.*`),
    nothing: [sub("StringLike", `${RUN}v1.*`), sub("StringLike", `${RUN}v1?*`)],
    something: [sub("StringLike", `${RUN}v1.?`), sub("StringLike", `${RUN}v1-*`)],
  },
  {
    what: "a letter that is no dot",
    allow: like(`${RUN}v1-*`),
    nothing: [sub("StringLike", `${RUN}v1?*`)],
    something: [sub("StringLike", `${RUN}v1.*`)],
  },
  {
    what: "a star that is escaped, and one that is not",
    allow: like(`${RUN}\${*}-*`),
    nothing: [sub("StringLike", `${RUN}*`), sub("StringLike", `${RUN}\${?}-*`)],
    something: [sub("StringLike", `${RUN}\${x}-*`), sub("StringLike", `${RUN}\${*}-1`)],
  },
  {
    what: "a subject in capitals or not",
    allow: { ...sub("StringEqualsIgnoreCase", SUB), StringEquals: { [`${EKS}:aud`]: AUD } },
    nothing: [{ StringLike: { [`${EKS}:aud`]: "sts.*" } }],
    something: [
      sub("StringEquals", SUB),
      sub("StringNotEquals", `${SUB}-2`),
      sub("StringNotEquals", SUB.toUpperCase()),
    ],
  },
  {
    what: "a pattern of an ARN",
    allow: { ...equals(SUB), ArnLike: { [EMAIL]: "arn:aws:iam::1:role/*" } },
    nothing: [email("StringLike", "arn:aws:iam::1:*"), email("StringLike", "*")],
    // Its star stays within a part.
    something: [email("ArnLike", "arn:aws:iam::2:role/*"), email("StringEquals", "arn:aws:iam::1:role/*")],
  },
  {
    what: "two conditions on one claim",
    allow: { ...equals(SUB), StringLike: { [EMAIL]: "a@*" }, ArnLike: { [EMAIL]: "*.com" } },
    nothing: [email("StringLike", "a*"), email("StringLike", "*com")],
    something: [email("StringLike", "a@*.com")],
  },
  {
    what: "a claim that a token has because the allow asks for it",
    allow: equals(SUB, { [EMAIL]: "a@example.com" }),
    nothing: [
      ...[email("Null", "false"), email("Null", "False"), email("Null", ["true", "false"])],
      ...[email("StringLike", "*@example.com"), email("StringNotLike", "*@example.org")],
    ],
    something: [email("Null", "true"), email("StringNotLike", "*@example.com"), email("StringEquals", "a@example.org")],
  },
  {
    what: "a claim that a token may lack",
    allow: equals(SUB),
    nothing: [],
    something: [
      ...[email("Null", "false"), email("StringLike", "*"), email("StringNotEquals", "a@example.com")],
      ...[email("StringEqualsIfExists", "a@example.com"), email("ForAllValues:StringLike", "a@*")],
    ],
  },
  {
    what: "a claim of another issuer, which no token has",
    allow: equals(SUB),
    nothing: ["StringNotEquals", "StringNotLike", "StringEqualsIfExists", "ForAllValues:StringEquals"].map(
      (operator) => ({ [operator]: { [`${GITHUB}:repository_owner_id`]: "1" } }),
    ),
    something: ["StringEquals", "ForAnyValue:StringNotEquals", "ForAnyValue:StringEquals"].map((operator) => ({
      [operator]: { [`${GITHUB}:repository_owner_id`]: "1" },
    })),
  },
  {
    what: "a claim that STS makes no key of",
    allow: equals(SUB),
    nothing: [
      { StringNotEquals: { [`${EKS}:namespace`]: "pulumi" } },
      { Null: { [`${EKS}:namespace`]: "true", [`${GITHUB}:sub`]: "True" } },
    ],
    something: [
      { StringEquals: { [`${EKS}:namespace`]: "pulumi" } },
      { Null: { [`${EKS}:namespace`]: "false", [`${GITHUB}:sub`]: "true" } },
    ],
  },
  {
    what: "a claim that can have several values",
    allow: equals(SUB, { [`${EKS}:amr`]: "authenticated" }),
    nothing: [{ StringEquals: { [`${EKS}:amr`]: "authenticated" } }],
    something: ["StringNotEquals", "ForAllValues:StringEquals"].map((operator) => ({
      [operator]: { [`${EKS}:amr`]: operator === "StringNotEquals" ? "other" : "authenticated" },
    })),
  },
];

describe("trust/parties/aws/lint/check-denies", () => {
  for (const { what, allow, nothing, something } of cases) {
    it(`tells what a deny leaves of ${what}`, () => {
      for (const deny of nothing) {
        assert.equal(shadowing(allow, eks(deny)).length, 1, JSON.stringify(deny));
      }
      for (const deny of something) {
        assert.deepEqual(shadowing(allow, eks(deny)), [], JSON.stringify(deny));
      }
    });
  }

  it("says which deny it is, of several", () => {
    const other = { ...eks(sub("StringEquals", "other")), Effect: "Deny" };
    const same = { ...eks(sub("StringEquals", SUB)), Effect: "Deny" };
    assert.deepEqual(lintAwsTrust(policy(other, eks(equals(SUB)), same)), [
      {
        name: "DENY_SHADOWS_ALLOW",
        severity: "error",
        path: "Statement[1]",
        message: "Statement[2] denies all that this allows, and a deny always wins",
        fix: "remove Statement[2], or add conditions to it",
      },
    ]);
  });

  it("says nothing of a deny that depends on the request as well", () => {
    const keys = (more: Record<string, string>) => eks({ StringEquals: { [`${EKS}:sub`]: SUB, ...more } });
    assert.equal(shadowing(equals(SUB), keys({})).length, 1);
    assert.deepEqual(shadowing(equals(SUB), keys({ "aws:RequestedRegion": "eu-west-1" })), []);
    assert.deepEqual(shadowing(equals(SUB), keys({ "STS:RoleSessionName": "x" })), []);
  });

  it("does not take an issuer whose name ends in sts for the request", () => {
    const own = "login.example.com/sts";
    const allow = statement(own, equals(SUB, {}, own));
    const deny = { ...statement(own, { StringEquals: { [`${own}:aud`]: AUD } }), Effect: "Deny" };
    assert.deepEqual(
      lintAwsTrust(policy(allow, deny)).map(({ name }) => name),
      ["DENY_SHADOWS_ALLOW"],
    );
    assert.deepEqual(lintAwsTrust(policy(allow)), []);
  });
});
