import assert from "node:assert/strict";
import { ACCOUNT, AUD, findings, found, NAMESPACE, SUB } from "../../lint/definitions";

describe("trust/parties/pulumi/check-presence", () => {
  it("says which rules are missing of none", () => {
    assert.deepEqual(findings({}), [
      {
        name: "ALLOW_WITHOUT_RULES",
        severity: "error",
        path: "policies[0].rules",
        message: "an allow without rules admits every token of the issuer",
        fix: "add rules on aud and sub",
      },
    ]);
    // A rule that can't be read is one all the same.
    assert.deepEqual(found({ 'a"': "x" }), [
      ...["MISSING_AUDIENCE error", "MISSING_SUBJECT error", "CLAIM_PATH_INVALID error"],
    ]);
    assert.deepEqual(found({ sub: SUB, 'a"': "x" }), ["MISSING_AUDIENCE error", "CLAIM_PATH_INVALID error"]);
  });

  it("says what to do without an audience", () => {
    assert.deepEqual(findings({ sub: SUB }), [
      {
        name: "MISSING_AUDIENCE",
        severity: "error",
        path: "policies[0].rules",
        message: "a token meant for any other service is accepted too",
        fix: 'add a rule on aud, such as "urn:pulumi:org:ORGANIZATION"',
      },
    ]);
  });

  it("says what to do without a subject, as the issuer's tokens have it", () => {
    const missing = (fix: string) => [
      {
        ...{ name: "MISSING_SUBJECT", severity: "error", path: "policies[0].rules" },
        message: "no rule says whose token it is: others who use this issuer may fulfil the rest",
        fix,
      },
    ];
    const inCluster = 'add a rule on sub, or on both "kubernetes.io".namespace and "kubernetes.io".serviceaccount.name';
    assert.deepEqual(findings({ aud: AUD }), missing(inCluster));
    assert.deepEqual(findings({ aud: AUD }, "kubernetes"), missing(inCluster));
    assert.deepEqual(findings({ aud: AUD }, "gitlab"), missing("add a rule on sub"));
    assert.deepEqual(findings({ aud: AUD, sub: "project_path:acme/app:ref_type:branch:ref:main" }, "gitlab"), []);
  });

  it("takes no claim for a part of it, nor for what it is a part of", () => {
    assert.deepEqual(found({ aud: AUD, '"kubernetes.io"': "x" }), ["MISSING_SUBJECT error"]);
    assert.deepEqual(found({ aud: AUD, "sub.name": SUB }), ["MISSING_SUBJECT error"]);
    assert.deepEqual(found({ "aud.name": AUD, sub: SUB }), ["MISSING_AUDIENCE error"]);
    assert.deepEqual(found({ aud: AUD, [NAMESPACE]: "pulumi", [ACCOUNT]: "deployer" }), []);
  });

  it("says what a pod's name is worth", () => {
    const pod = '"kubernetes.io".pod.name';
    assert.deepEqual(findings({ aud: AUD, [pod]: "runner-1" }), [
      {
        name: "POD_NAME_ONLY",
        severity: "warning",
        path: 'policies[0].rules["\\"kubernetes.io\\".pod.name"]',
        message:
          "anyone who may create a pod chooses its name; nothing says in which namespace and as which ServiceAccount it runs",
        fix: 'add rules on "kubernetes.io".namespace and "kubernetes.io".serviceaccount.name, or on sub',
      },
    ]);
    assert.deepEqual(found({ aud: AUD, [pod]: "runner-1", sub: SUB }), []);
    assert.deepEqual(found({ aud: AUD, [pod]: "*" }), ["MISSING_SUBJECT error"]);
  });

  it("takes an id for whose token it is where it is one alone", () => {
    const id = (repository_id: string) => found({ aud: AUD, repository_id }, "githubActions");
    assert.deepEqual(id("2"), []);
    for (const text of ["", "?", "*", "2."]) {
      assert.ok(id(text).includes("MISSING_SUBJECT error"), text);
    }
    assert.deepEqual(found({ aud: AUD, repository_id: "2" }), ["MISSING_SUBJECT error"]);
  });
});
