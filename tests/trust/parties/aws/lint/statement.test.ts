import assert from "node:assert/strict";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";
import {
  AUD,
  arn,
  type Conditions,
  EKS,
  eks,
  equals,
  found,
  GITHUB,
  github,
  like,
  policy,
  REPO,
  SUB,
} from "./documents";

const KEYS = { "aws:SourceIp": "192.0.2.0/24" };

const findings = (...statements: object[]) => lintAwsTrust(policy(...statements));

describe("trust/parties/aws/lint: whom a statement is about", () => {
  for (const Principal of [
    "*",
    { AWS: "*" },
    { Federated: "*" },
    { AWS: [arn("x"), "*"] },
    { Federated: [arn(EKS), "*"] },
  ]) {
    it(`is everybody with ${JSON.stringify(Principal)}`, () => {
      assert.deepEqual(findings(eks(equals(SUB), { Principal })), [
        {
          name: "ANY_PRINCIPAL",
          severity: "error",
          path: "Statement[0].Principal",
          message: "every issuer the account knows is trusted, and with AWS every account",
          fix: 'name one provider: {"Federated":"arn:aws:iam::ACCOUNT:oidc-provider/ISSUER"}',
        },
      ]);
    });
  }

  it("is not everybody without a star that stands alone", () => {
    for (const Principal of [{ AWS: "arn:aws:iam::123456789012:root" }, { Service: "*" }, { Federated: arn(EKS) }]) {
      assert.deepEqual(findings(eks(equals(SUB), { Principal })), [], JSON.stringify(Principal));
    }
  });

  it("is no issuer where a principal is more or less than the ARN of one", () => {
    assert.deepEqual(found(policy(eks({}))), ["ALLOW_WITHOUT_RULES error Statement[0].Condition"]);
    for (const Federated of [` ${arn(EKS)}`, `${arn(EKS)}\n`, arn(""), arn(EKS).replace("oidc", "saml"), EKS]) {
      assert.deepEqual(findings(eks({}, { Principal: { Federated } })), [], JSON.stringify(Federated));
    }
  });

  describe("with everybody as the principal", () => {
    const anybody = (conditions: Conditions) => found(policy(eks(conditions, { Principal: "*" })));
    const any = "ANY_PRINCIPAL error Statement[0].Principal";

    it("holds the conditions against each issuer they name", () => {
      assert.deepEqual(anybody({ StringLike: { [`${EKS}:sub`]: "*", [`${EKS}:aud`]: AUD } }), [
        any,
        `BROAD_SUBJECT error Statement[0].Condition.StringLike["${EKS}:sub"]`,
      ]);
      // No key is foreign to a star.
      assert.deepEqual(anybody({ ...equals(SUB), StringLike: { [`${GITHUB}:sub`]: REPO } }), [any]);
      assert.deepEqual(anybody({ StringEquals: { [`${EKS}:sub`]: SUB } }), [
        any,
        "MISSING_AUDIENCE error Statement[0].Condition",
      ]);
    });

    it("takes nothing for an issuer that is none", () => {
      assert.deepEqual(anybody({}), [any]);
      assert.deepEqual(anybody({ IpAddress: KEYS }), [any]);
      assert.deepEqual(anybody({ StringLike: { "STS:RoleSessionName": "x" } }), [any]);
      assert.deepEqual(anybody({ StringLike: { sub: "x" } }), [any]);
      assert.deepEqual(anybody({ StringLike: { ":sub": "x" } }), [any]);
      // An issuer all the same.
      const own = "login.example.com/aws";
      assert.deepEqual(anybody({ StringLike: { [`${own}:sub`]: "x", ...KEYS } }), [
        any,
        "MISSING_AUDIENCE error Statement[0].Condition",
      ]);
    });
  });

  it("knows the issuer's claims by its URL", () => {
    const custom = (more: Record<string, string>) =>
      found(policy(github(equals("repository_owner:acme", more, GITHUB))));
    assert.deepEqual(custom({ [`${GITHUB}:repository`]: "acme/app" }), [
      `MUTABLE_GITHUB_NAME warning Statement[0].Condition.StringEquals["${GITHUB}:repository"]`,
    ]);
    assert.deepEqual(custom({ [`${GITHUB}:repository`]: "acme/app", [`${GITHUB}:repository_id`]: "2" }), []);
    assert.deepEqual(custom({}), []);
  });

  it("is pinned to a repository by an id alone, not by one of several that is a pattern", () => {
    const ids = (value: string | string[]) => ({
      ...like("repo:acme/app:*", GITHUB),
      ArnLike: { [`${GITHUB}:repository_id`]: value },
    });
    const names = (value: string | string[]) => findings(github(ids(value))).map(({ name }) => name);
    assert.deepEqual(names(["2", "3"]), []);
    assert.ok(names(["2", "3?"]).includes("MUTABLE_GITHUB_NAME"));
    assert.ok(names(["2", ""]).includes("MUTABLE_GITHUB_NAME"));
  });

  describe("by its action", () => {
    const wrong = (element: string, message: string, fix = "write sts:AssumeRoleWithWebIdentity") => ({
      ...{ name: "WRONG_ACTION", severity: "error", path: `Statement[0].${element}`, message, fix },
    });

    it("is not about tokens where they assume no role by it", () => {
      const by = (...Action: string[]) => findings(eks(equals(SUB), { Action }));
      const message = (text: string) => `a token assumes a role by sts:AssumeRoleWithWebIdentity, not by ${text}`;
      assert.deepEqual(by("sts:AssumeRole", "sts:TagSession"), [
        wrong("Action", message("sts:AssumeRole or sts:TagSession")),
      ]);
      assert.deepEqual(by("STS:assumerolewithsaml"), [wrong("Action", message("STS:assumerolewithsaml"))]);
      for (const action of [
        "sts:TagSession",
        "sts:AssumeRoleX",
        "xsts:AssumeRole",
        "sts:AssumeRoleWithSAMLX",
        "sts:*",
      ]) {
        assert.deepEqual(by(action), [], action);
      }
      assert.deepEqual(by("sts:AssumeRole", "sts:AssumeRoleWithWeb*"), []);
    });

    it("is not about tokens where what they assume it by is left out", () => {
      const but = (conditions: Conditions, ...NotAction: string[]) =>
        findings(eks(conditions, { Action: undefined, NotAction }));
      const leftOut = wrong(
        "NotAction",
        "a token assumes a role by sts:AssumeRoleWithWebIdentity, which this leaves out",
        "write Action sts:AssumeRoleWithWebIdentity instead",
      );
      assert.deepEqual(but({}, "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"), [leftOut]);
      assert.deepEqual(but(equals(SUB), "sts:*"), [leftOut]);
      assert.deepEqual(but(equals(SUB), "sts:AssumeRole"), []);
      assert.deepEqual(
        but({}, "sts:AssumeRole").map(({ name }) => name),
        ["ALLOW_WITHOUT_RULES"],
      );
    });
  });

  it("finds an issuer that is not the given one, with all that are trusted", () => {
    const two = eks(equals(SUB), { Principal: { Federated: [arn(EKS), arn(`${EKS}4`)] } });
    const mismatch = lintAwsTrust(policy(two), "https://issuer.example.com").at(-1);
    assert.deepEqual(mismatch, {
      name: "ISSUER_MISMATCH",
      severity: "error",
      path: "Statement",
      message: `it trusts https://${EKS}, https://${EKS}4, not https://issuer.example.com`,
      fix: "write the issuer exactly as `iss` of the tokens does",
    });
    const service = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };
    assert.deepEqual(lintAwsTrust(policy(service), "https://issuer.example.com"), []);
    assert.deepEqual(lintAwsTrust(policy(service, eks(equals(SUB))), `https://${EKS}`), []);
  });
});
