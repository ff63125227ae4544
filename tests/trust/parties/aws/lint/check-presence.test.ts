import assert from "node:assert/strict";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";
import {
  AUD,
  arn,
  at,
  type Conditions,
  EKS,
  eks,
  equals,
  found,
  GITHUB,
  PULUMI,
  policy,
  SUB,
  statement,
} from "./documents";

const WHERE = "Statement[0].Condition";

const findings = (issuer: string, conditions: Conditions) => lintAwsTrust(policy(statement(issuer, conditions)));
const names = (conditions: Conditions) => findings(EKS, conditions).map(({ name }) => name);
const audience = (issuer: string) => ({ StringEquals: { [`${issuer}:aud`]: AUD } });

describe("trust/parties/aws/lint/check-presence", () => {
  it("says who assumes a role without conditions", () => {
    assert.deepEqual(findings(EKS, {}), [
      {
        name: "ALLOW_WITHOUT_RULES",
        severity: "error",
        path: WHERE,
        message: `every token of ${EKS} assumes the role`,
        fix: `add StringEquals conditions on ${EKS}:sub and ${EKS}:aud`,
      },
    ]);
  });

  it("says whose tokens are accepted without an audience", () => {
    const missing = {
      name: "MISSING_AUDIENCE",
      severity: "error",
      path: WHERE,
      message: "a token meant for any other client id of the IAM OIDC provider is accepted too",
      fix: `add StringEquals on ${EKS}:aud, such as "sts.amazonaws.com"`,
    };
    assert.deepEqual(findings(EKS, { StringEquals: { [`${EKS}:sub`]: SUB } }), [missing]);
    assert.deepEqual(findings(EKS, equals(SUB)), []);
    // Of several audiences, one that is all is all.
    const several = (aud: string[]) => ({ StringEquals: { [`${EKS}:sub`]: SUB }, StringLike: { [`${EKS}:aud`]: aud } });
    assert.deepEqual(findings(EKS, several([AUD, "*"])), [missing]);
    assert.deepEqual(findings(EKS, several([AUD, "other"])), []);
  });

  it("does not miss what a key that can't be met was meant for", () => {
    const meant = (key: string, operator = "StringLike") =>
      names({ StringEquals: { [`${EKS}:sub`]: SUB }, [operator]: { [key]: "x" } });
    for (const key of [`${EKS}4:aud`, `${EKS}4:oaud`, `${EKS}4:AUD`, `${arn(EKS)}:aud`]) {
      assert.deepEqual(meant(key), ["FOREIGN_CONDITION_KEY"], key);
    }
    assert.deepEqual(meant(`${EKS}4:email`), ["MISSING_AUDIENCE", "FOREIGN_CONDITION_KEY"]);
    assert.deepEqual(meant(`${EKS}:namespace`), ["MISSING_AUDIENCE", "UNKNOWN_CLAIM"]);
    assert.deepEqual(meant(`${EKS}4:aud`, "StringNotLike"), ["MISSING_AUDIENCE", "FOREIGN_CONDITION_KEY"]);
    assert.deepEqual(meant(`${EKS}:email`), ["MISSING_AUDIENCE"]);
    const subject = (operator: string) => names({ ...audience(EKS), [operator]: { [`${EKS}4:sub`]: "true" } });
    assert.deepEqual(subject("StringLike"), ["FOREIGN_CONDITION_KEY"]);
    assert.deepEqual(subject("StringNotLike"), ["MISSING_SUBJECT", "FOREIGN_CONDITION_KEY"]);
    assert.deepEqual(subject("Null"), ["MISSING_SUBJECT", "FOREIGN_CONDITION_KEY"]);
  });

  it("says who else assumes a role without a subject", () => {
    const missing = (issuer: string, message: string, severity = "error") => ({
      ...{ name: "MISSING_SUBJECT", severity, path: WHERE, message },
      fix: `add StringEquals on ${issuer}:sub`,
    });
    assert.deepEqual(findings(EKS, audience(EKS)), [missing(EKS, "no condition says whose token it is")]);
    assert.deepEqual(findings(GITHUB, audience(GITHUB)), [
      missing(GITHUB, "no condition says whose token it is, and IAM refuses such a role for an issuer that many share"),
    ]);
    // There the audience names the organization, unless it is any.
    assert.deepEqual(findings(PULUMI, audience(PULUMI)), [
      missing(PULUMI, "every token of the organization assumes the role", "warning"),
    ]);
    const [, any] = findings(PULUMI, { StringLike: { [`${PULUMI}:aud`]: "*" } });
    assert.deepEqual(any, missing(PULUMI, "no condition says whose token it is"));
  });

  it("says so where a subject is only excluded, and of no other claim", () => {
    const excluded = { ...audience(EKS), StringNotLike: { [`${EKS}:sub`]: "system:serviceaccount:a:*" } };
    assert.deepEqual(findings(EKS, excluded), [
      {
        name: "NEGATED_SUBJECT",
        severity: "error",
        path: at("StringNotLike", "sub"),
        message: "it only says who must not assume the role; everybody else of the issuer may",
        fix: `add StringEquals on ${EKS}:sub`,
      },
    ]);
    assert.deepEqual(names({ ...audience(EKS), StringNotLike: { [`${EKS}:email`]: "a@*" } }), ["MISSING_SUBJECT"]);
    assert.deepEqual(names({ ...audience(EKS), Null: { [`${EKS}:sub`]: "false" } }), ["MISSING_SUBJECT"]);
    assert.deepEqual(names({ ...excluded, StringLike: { [`${EKS}:sub`]: "system:serviceaccount:b:*" } }), []);
  });

  it("looks at a statement that stands alone as at one of several", () => {
    assert.deepEqual(found({ Version: "2012-10-17", Statement: eks(audience(EKS)) }), [
      "MISSING_SUBJECT error Statement.Condition",
    ]);
  });

  it("knows the issuers that IAM lists as shared, and what tells their customers apart [0.9]", () => {
    const without = (issuer: string) => {
      const missing = findings(issuer, audience(issuer)).find(({ name }) => name === "MISSING_SUBJECT");
      return [missing?.severity, / IAM refuses such a role /.test(missing?.message ?? ""), missing?.fix];
    };
    for (const issuer of [
      "vstoken.actions.githubusercontent.com",
      "oidc-configuration.audit-log.githubusercontent.com",
      "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
    ]) {
      assert.deepEqual(without(issuer), ["error", true, `add StringEquals on ${issuer}:sub`]);
    }
    const sentinel = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/";
    assert.deepEqual(without(sentinel), ["error", true, "add StringEquals on sts:RoleSessionName"]);
    assert.deepEqual(without("oidc.op1.openshiftapps.com/other")[1], false);
    const session = (name: string) =>
      findings(sentinel, { StringEquals: { [`${sentinel}:aud`]: AUD }, StringLike: { "sts:RoleSessionName": name } });
    assert.deepEqual(session("MicrosoftSentinel_1"), []);
    assert.deepEqual(
      session("*").map(({ name }) => name),
      ["MISSING_SUBJECT"],
    );
  });
});
