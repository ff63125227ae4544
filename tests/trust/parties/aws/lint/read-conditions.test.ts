import assert from "node:assert/strict";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";
import { refused } from "../../../../helpers/refused";
import {
  AUD,
  at,
  type Conditions,
  EKS,
  eks,
  equals,
  found,
  GITHUB,
  github,
  like,
  policy,
  SUB,
  statement,
} from "./documents";

const GOOGLE = "accounts.google.com";
const NAMED = "repo:acme/app:ref:refs/heads/main";

const names = (statement: object) => found(policy(statement)).map((text) => text.split(" ")[0]);

describe("trust/parties/aws/lint/conditions", () => {
  for (const operator of [
    ...["StringResembles", "stringequals", "ForAnyValues:StringEquals", "ForAnyValue", "toString"],
    ...["StringEquals\n", "\nForAnyValue:StringEquals", "IfExistsStringEquals", "IfExists"],
    // The one operator that IfExists is not for.
    ...["NullIfExists", "ForAnyValue:NullIfExists"],
  ]) {
    it(`refuses ${JSON.stringify(operator)}, which is no operator`, () => {
      const document = policy(eks(equals(SUB)), eks({ [operator]: { [`${EKS}:sub`]: "true" } }));
      refused(
        () => lintAwsTrust(document),
        "AWS_POLICY_INVALID",
        "Statement[1]",
        `${operator.trim()} is not a condition operator`,
      );
    });
  }

  it("takes operators with all their affixes", () => {
    for (const operator of ["ForAnyValue:StringLikeIfExists", "ForAllValues:Null", "ForAllValues:StringNotEquals"]) {
      assert.ok(Array.isArray(lintAwsTrust(policy(eks({ [operator]: { [`${EKS}:amr`]: "true" } })))), operator);
    }
  });

  it("goes by the tightest operator on a claim, wherever it stands", () => {
    const exact = equals(SUB);
    const loose = { StringLike: { [`${EKS}:sub`]: "*" } };
    assert.deepEqual(found(policy(eks({ ...loose, ...exact }))), []);
    assert.deepEqual(found(policy(eks({ ...exact, ...loose }))), []);
    assert.deepEqual(found(policy(eks({ ...loose, StringEquals: { [`${EKS}:aud`]: AUD } }))), [
      `BROAD_SUBJECT error ${at("StringLike", "sub")}`,
    ]);
    const both = { StringEqualsIgnoreCase: { [`${GITHUB}:sub`]: NAMED }, ...equals(NAMED, {}, GITHUB) };
    assert.deepEqual(found(policy(github(both))), [`MUTABLE_GITHUB_NAME warning ${at("StringEquals", "sub", GITHUB)}`]);
    const { StringEquals, ...insensitive } = both;
    const patterns = {
      StringLike: { [`${GITHUB}:sub`]: "*" },
      ...insensitive,
      StringEquals: { [`${GITHUB}:aud`]: AUD },
    };
    assert.deepEqual(found(policy(github(patterns))), [
      `MUTABLE_GITHUB_NAME warning ${at("StringEqualsIgnoreCase", "sub", GITHUB)}`,
    ]);
  });

  it("takes what is greater or less for no value", () => {
    const id = (operator: string) =>
      names(github({ ...equals(NAMED, {}, GITHUB), [operator]: { [`${GITHUB}:repository_id`]: "2" } }));
    assert.deepEqual(id("NumericEquals"), []);
    for (const operator of ["NumericGreaterThan", "NumericGreaterThanEquals", "NumericLessThan"]) {
      assert.deepEqual(id(operator), ["MUTABLE_GITHUB_NAME"], operator);
    }
    const audience = (operator: string): Conditions => ({
      StringEquals: { [`${EKS}:sub`]: SUB },
      [operator]: { [`${EKS}:aud`]: "7" },
    });
    assert.deepEqual(names(eks(audience("NumericLessThanEquals"))), ["MISSING_AUDIENCE"]);
    assert.deepEqual(names(eks(audience("NumericEquals"))), []);
  });

  it("takes what stands in a variable, or is escaped, for no wildcard", () => {
    for (const text of ["${*}", "${?}", "${aws:PrincipalTag/team, '*'}"]) {
      assert.deepEqual(found(policy(eks(like(`system:serviceaccount:${text}:deployer`)))), [], text);
    }
    assert.deepEqual(names(eks(like("system:serviceaccount:*:deployer"))), ["BROAD_SUBJECT"]);
    // Places behind it are counted right.
    const [finding] = lintAwsTrust(policy(eks(like("system:serviceaccount:a:${*}.b*"))));
    assert.equal(
      finding?.message,
      '"system:serviceaccount:a:${*}.b*" also admits names that only begin alike: "system:serviceaccount:a:${*}.b" and "system:serviceaccount:a:${*}.bx"',
    );
  });

  it("numbers the values of a list, and not one that stands alone", () => {
    const paths = (sub: string | string[]) => lintAwsTrust(policy(eks(like(sub)))).map(({ path }) => path);
    assert.deepEqual(paths([SUB, "*"]), [`${at("StringLike", "sub")}[1]`]);
    assert.deepEqual(paths(["*"]), [at("StringLike", "sub")]);
  });

  it("takes every key of a provider IAM knows by its host, and none of another", () => {
    const google = (key: string) =>
      statement(
        GOOGLE,
        { StringEquals: { [`${GOOGLE}:aud`]: "7", [key]: "10" } },
        { Principal: { Federated: GOOGLE } },
      );
    assert.deepEqual(names(google(`${GOOGLE}:sub`)), []);
    assert.deepEqual(names(google(`${EKS}:sub`)), ["FOREIGN_CONDITION_KEY"]);
  });
});
