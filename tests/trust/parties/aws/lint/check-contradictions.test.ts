import assert from "node:assert/strict";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";
import { at, type Conditions, EKS, eks, equals, found, policy, SUB } from "./documents";

const EMAIL = `${EKS}:email`;

const contradictions = (conditions: Conditions) =>
  found(policy(eks({ ...equals(SUB, {}), ...conditions }))).filter((text) => text.startsWith("CONTRADICTORY"));
/** Conditions on the mail address, an operator each. */
const email = (entries: Record<string, string | string[]>) =>
  contradictions({
    // What `equals` says is said again, so that StringEquals can be about the address too.
    ...Object.fromEntries(
      Object.entries(entries).map(([name, value]) => [
        name,
        { ...(name === "StringEquals" && equals(SUB).StringEquals), [EMAIL]: value },
      ]),
    ),
  });

describe("trust/parties/aws/lint/check-contradictions", () => {
  it("says which operators are mutually exclusive, at the last of them", () => {
    const conditions = { ...equals(SUB), StringLike: { [`${EKS}:sub`]: "system:serviceaccount:a:*" } };
    assert.deepEqual(lintAwsTrust(policy(eks(conditions))), [
      {
        name: "CONTRADICTORY_CONDITIONS",
        severity: "error",
        path: at("StringLike", "sub"),
        message: "no sub meets all of StringEquals and StringLike: operators are joined by and",
        fix: "give all values to one operator (StringLike takes exact ones too), or write two statements",
      },
    ]);
  });

  it("wants one of the values to meet all", () => {
    const two = { StringEquals: ["a@example.com", "b@example.com"] };
    assert.deepEqual(email({ ...two, StringLike: ["b@*", "c@*"] }), []);
    assert.equal(email({ ...two, StringLike: ["c@*", "d@*"] }).length, 1);
    // Each has a value that the other admits, but they are not the same.
    assert.equal(email({ ...two, StringLike: "a@*", StringNotLike: "*@example.com" }).length, 1);
    assert.deepEqual(email({ ...two, StringLike: "a@*", StringNotLike: "b@*" }), []);
  });

  it("knows that a claim can't be absent and have a value", () => {
    const absent = `CONTRADICTORY_CONDITIONS error ${at("Null", "email")}`;
    for (const Null of ["true", "True", ["true", "true"]]) {
      assert.deepEqual(email({ StringEquals: "a@example.com", Null }), [absent]);
      assert.deepEqual(email({ StringLike: "*", Null }), [absent]);
      // What is only excluded may as well be absent.
      assert.deepEqual(email({ StringNotEquals: "a@example.com", Null }), []);
    }
    for (const Null of ["false", ["true", "false"]]) {
      assert.deepEqual(email({ StringEquals: "a@example.com", Null }), []);
      assert.deepEqual(email({ StringNotEquals: "a@example.com", Null }), []);
    }
    // In capitals it is the same key.
    const both = (first: string, second: string) =>
      contradictions({ Null: { [EMAIL]: first, [`${EKS}:EMAIL`]: second } });
    assert.deepEqual(both("true", "false"), [absent.replace(":email", ":EMAIL")]);
    assert.deepEqual(both("true", "true"), []);
    assert.deepEqual(both("false", "false"), []);
  });

  it("says nothing of two patterns, also where one is no pattern to another operator", () => {
    assert.deepEqual(email({ StringLike: "*@example.com", StringNotLike: "a@*" }), []);
    assert.deepEqual(email({ StringLike: "a@*", StringEqualsIgnoreCase: "A@example.com" }), []);
    assert.deepEqual(email({ StringLike: "*@example.com", ArnLike: "a@*" }), []);
  });

  it("says nothing of conditions that a token without the claim meets", () => {
    const one = "a@example.com";
    assert.deepEqual(email({ "ForAllValues:StringEquals": one, "ForAllValues:StringLike": "b@*" }), []);
    assert.deepEqual(email({ StringEqualsIfExists: one, StringLikeIfExists: "b@*" }), []);
    assert.equal(email({ StringEquals: one, StringLike: "b@*" }).length, 1);
  });

  it("says nothing of a claim that can have several values", () => {
    const amr = (claim: string) =>
      contradictions({ StringLike: { [`${EKS}:${claim}`]: "b*" }, ...equals(SUB, { [`${EKS}:${claim}`]: "a" }) });
    assert.deepEqual(amr("amr"), []);
    assert.equal(amr("email").length, 1);
  });

  it("says nothing of keys that no token has: that is said already", () => {
    const namespace = { [`${EKS}:namespace`]: "a" };
    assert.deepEqual(contradictions({ ...equals(SUB, namespace), StringLike: { [`${EKS}:namespace`]: "b*" } }), []);
  });
});
