import assert from "node:assert/strict";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";
import { AUD, arn, at, type Conditions, EKS, eks, equals, found, GITHUB, github, policy, REPO, SUB } from "./documents";

const EMAIL = `${EKS}:email`;

const findings = (conditions: Conditions) => lintAwsTrust(policy(eks(conditions)));
const only = (conditions: Conditions) => {
  const [finding, ...others] = findings(conditions);
  assert.deepEqual(others, []);
  return finding;
};
/** Conditions that ask for the audience by another key. */
const keyed = (key: string) => ({ StringEquals: { [`${EKS}:sub`]: SUB, [key]: AUD } });

describe("trust/parties/aws/lint/check-conditions", () => {
  for (const [key, why, claim = "aud"] of [
    [`${arn(EKS)}:aud`, "the prefix of a condition key is the issuer, not the ARN of its provider"],
    [`https://${EKS}:aud`, "the prefix of a condition key is the issuer without its scheme"],
    [`http://${EKS}:aud`, "the prefix of a condition key is the issuer without its scheme"],
    [`${EKS}4:aud`, `tokens of ${EKS} have no such key`],
    [`proxy.example.com/https://${EKS}:aud`, `tokens of ${EKS} have no such key`],
    ["aud", `tokens of ${EKS} have no such key`],
    [":aud", `tokens of ${EKS} have no such key`],
  ] as const) {
    it(`says what is wrong with the key ${key}`, () => {
      const finding = findings(keyed(key)).find(({ name }) => name === "FOREIGN_CONDITION_KEY");
      assert.deepEqual(finding, {
        name: "FOREIGN_CONDITION_KEY",
        severity: "error",
        path: `Statement[0].Condition.StringEquals${key === "aud" ? ".aud" : `["${key}"]`}`,
        message: `${key} is not a key of the principal's tokens: ${why}`,
        fix: `write ${EKS}:${claim}`,
      });
      assert.deepEqual(findings(keyed(`${EKS}:aud`)), []);
    });
  }

  it("says which claim STS makes no key of", () => {
    assert.deepEqual(only(equals(SUB, { [`${EKS}:namespace`]: "pulumi" })), {
      name: "UNKNOWN_CLAIM",
      severity: "error",
      path: at("StringEquals", "namespace"),
      message: "STS makes no condition key of namespace for this issuer, whatever the token holds",
      fix: "use sub and aud, or a key the IAM User Guide lists for this issuer",
    });
  });

  for (const [operator, value, effect, fix] of [
    ["StringEquals", "*@example.com", "no token has it", "use StringLike, or name the value in full"],
    ["StringEquals", "?@example.com", "no token has it", "use StringLike, or name the value in full"],
    ["StringEqualsIgnoreCase", "?*", "no token has it", "name the claim's value"],
    ["StringNotEquals", "*@example.com", "it excludes no token", "use StringNotLike, or name the value in full"],
    ["StringNotEqualsIgnoreCase", "*", "it excludes no token", "name the claim's value"],
  ] as const) {
    it(`says that ${operator} takes ${value} exactly`, () => {
      const on = (name: string, text: string | string[]) =>
        name === "StringEquals" ? equals(SUB, { [EMAIL]: text }) : { ...equals(SUB), [name]: { [EMAIL]: text } };
      assert.deepEqual(only(on(operator, ["a@example.com", value])), {
        name: "LITERAL_WILDCARD",
        severity: "error",
        path: at(operator, "email"),
        message: `${operator} takes "${value}" exactly, so ${effect}`,
        fix,
      });
      assert.deepEqual(findings(on(operator, "a@example.com")), []);
      assert.deepEqual(findings(on(operator, `\${aws:PrincipalTag/mail, '${value}'}`)), []);
      assert.deepEqual(findings(on(operator.includes("Not") ? "StringNotLike" : "StringLike", value)), []);
      assert.deepEqual(findings(on(operator.includes("Not") ? "ArnNotEquals" : "ArnEquals", value)), []);
    });
  }

  it("says which tokens meet a condition by not having the claim", () => {
    assert.deepEqual(only({ ...equals(SUB), StringLikeIfExists: { [EMAIL]: "*@example.com" } }), {
      name: "ADMITS_ABSENT_CLAIM",
      severity: "error",
      path: at("StringLikeIfExists", "email"),
      message: "a token without email fulfils this",
      fix: "write StringLike without IfExists",
    });
    const absent = {
      name: "ADMITS_ABSENT_CLAIM",
      severity: "error",
      path: at("Null", "email"),
      message: "a token without email fulfils this",
      fix: "ask for a value of the claim",
    };
    for (const value of ["true", "TRUE", ["false", "true"]]) {
      assert.deepEqual(only({ ...equals(SUB), Null: { [EMAIL]: value } }), absent);
    }
    assert.deepEqual(findings({ ...equals(SUB), Null: { [EMAIL]: ["false", "False"] } }), []);
  });

  it("takes true for a value where it is one", () => {
    const more = { [`${GITHUB}:environment`]: "true" };
    assert.deepEqual(lintAwsTrust(policy(github(equals(REPO, more, GITHUB)))), []);
  });

  it("says of a foreign key nothing but that it is one", () => {
    for (const operator of ["StringEqualsIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringLike"]) {
      const document = policy(eks({ ...equals(SUB), [operator]: { [`${EKS}4:email`]: "a" } }));
      assert.deepEqual(found(document), [`FOREIGN_CONDITION_KEY error ${at(operator, "email", `${EKS}4`)}`]);
    }
  });

  it("says what a set operator does to a claim with one value", () => {
    const named = (operator: string) => only({ ...equals(SUB), [operator]: { [EMAIL]: "a@example.com" } });
    assert.deepEqual(named("ForAllValues:StringEquals"), {
      name: "SET_OPERATOR_ON_SINGLE_VALUE",
      severity: "error",
      path: at("ForAllValues:StringEquals", "email"),
      message: "a token without email fulfils this: all of no values match",
      fix: "write StringEquals without ForAllValues:",
    });
    assert.deepEqual(named("ForAnyValue:StringLike"), {
      name: "SET_OPERATOR_ON_SINGLE_VALUE",
      severity: "warning",
      path: at("ForAnyValue:StringLike", "email"),
      message: "email has one value, and ForAnyValue is for keys that have several",
      fix: "write StringLike without ForAnyValue:",
    });
  });
});
