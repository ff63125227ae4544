import assert from "node:assert/strict";
import { operatorOf } from "../../../../../trust/parties/aws/evaluate/operators";

const ROLE = "arn:aws:iam::123456789012:role/team/deployer";

/** Operator, the policy's value, token's values that it matches, and others (IAM User Guide, "Condition operators"). */
const POSITIVE: [operator: string, expected: string, matched: string[], others: string[]][] = [
  ["StringEquals", "Main", ["Main"], ["main", "Main ", "", "Mai"]],
  ["StringEquals", "M*", ["M*"], ["Main"]],
  ["StringEqualsIgnoreCase", "Main", ["Main", "mAIN"], ["main2", ""]],
  ["StringLike", "refs/*/v?", ["refs/tags/v1", "refs//v1"], ["refs/tags/v", "refs/tags/v10", "REFS/tags/v1"]],
  ["Bool", "true", ["true", "True"], ["false", "1", ""]],
  ["NumericEquals", "7", ["7", "7.0", " 7 "], ["8", "", "x", "70"]],
  ["NumericEquals", "0", ["0"], ["", " ", "1"]],
  ["NumericEquals", "", [], ["", "0"]],
  ["NumericLessThan", "7", ["6", "-1", "6.9"], ["7", "8", "", "x"]],
  ["NumericLessThanEquals", "7", ["7", "6"], ["8", "7.1", "", "x"]],
  ["NumericGreaterThan", "7", ["8", "7.1", "10"], ["7", "6", "", "x"]],
  ["NumericGreaterThanEquals", "7", ["7", "8"], ["6", "6.9", "", "x"]],
  ["ArnEquals", ROLE, [ROLE], [`${ROLE}2`, ROLE.replace("aws", "aws-cn"), ROLE.replace("iam", "sts"), ""]],
  ["ArnLike", "arn:aws:iam::*:role/team/*", [ROLE], [ROLE.replace("team", "other"), "arn:aws:iam::role/team/x"]],
  ["ArnLike", "arn:*:deployer", ["arn:x:deployer"], [ROLE, "arn:x:y:deployer"]],
  ["ArnLike", "arn:aws:iam::*:role", ["arn:aws:iam::1:role"], ["arn:aws:iam::1:2:role", "arn:aws:iam::1:role:x"]],
  [
    "ArnLike",
    "arn:aws:logs:r:1:a:*:c",
    ["arn:aws:logs:r:1:a:b:c", "arn:aws:logs:r:1:a:b:b:c"],
    ["arn:aws:logs:r:1:ab:c"],
  ],
  ["ArnLike", "a:b:c:d:e", ["a:b:c:d:e"], ["a:b:c:d:e:", "a:b:c:d", "a:b:c:d:e:f", "x:b:c:d:e"]],
  ["ArnLike", "a:b:c:d:e:*", ["a:b:c:d:e:", "a:b:c:d:e:f:g"], ["a:b:c:d:e"]],
];

describe("trust/parties/aws/evaluate/operators", () => {
  for (const [name, expected, matched, others] of POSITIVE) {
    it(`compares by ${name} with ${JSON.stringify(expected)}`, () => {
      const operator = operatorOf(name);
      assert.equal(operator?.negated, false);
      for (const value of matched) {
        assert.equal(operator?.matches(value, expected), true, JSON.stringify(value));
      }
      for (const value of others) {
        assert.equal(operator?.matches(value, expected), false, JSON.stringify(value));
      }
    });
  }

  for (const [name, positive] of [
    ["StringNotEquals", "StringEquals"],
    ["StringNotEqualsIgnoreCase", "StringEqualsIgnoreCase"],
    ["StringNotLike", "StringLike"],
    ["ArnNotEquals", "ArnEquals"],
    ["ArnNotLike", "ArnLike"],
    ["NumericNotEquals", "NumericEquals"],
  ] as const) {
    it(`compares by ${name} as by ${positive}, and negates`, () => {
      assert.deepEqual(operatorOf(name), { matches: operatorOf(positive)?.matches, negated: true });
    });
  }

  for (const [name, negated] of [
    ...["DateEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"].map(
      (date) => [date, false] as const,
    ),
    ...[["BinaryEquals", false] as const, ["IpAddress", false] as const],
    ...[["DateNotEquals", true] as const, ["NotIpAddress", true] as const],
  ]) {
    it(`matches no claim by ${name}`, () => {
      const operator = operatorOf(name);
      assert.equal(operator?.negated, negated);
      assert.equal(operator?.matches("2020-01-01", "2020-01-01"), false);
    });
  }

  for (const name of ["", "StringEqual", "stringequals", "Null", "toString", "StringNotBool", "NumericNotLessThan"]) {
    it(`knows no operator ${JSON.stringify(name)}`, () => assert.equal(operatorOf(name), undefined));
  }
});
