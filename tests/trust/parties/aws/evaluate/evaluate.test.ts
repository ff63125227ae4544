import assert from "node:assert/strict";
import { evaluateAwsTrust } from "../../../../../trust/parties/aws/evaluate/evaluate";

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const CLAIMS = { iss: `https://${HOST}`, sub: "system:serviceaccount:pulumi:deployer", aud: ["sts.amazonaws.com"] };

const statement = (more: object = {}) => ({
  Effect: "Allow",
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
  ...more,
});
const policy = (...statements: unknown[]) => ({ Version: "2012-10-17", Statement: statements });

describe("trust/documents/aws-evaluate", () => {
  it("names statement, operator, key, what was expected and what it got", () => {
    const Condition = { StringEquals: { [`${HOST}:sub`]: ["a", "b"] }, StringLike: { [`${HOST}:org`]: "acme" } };
    assert.deepEqual(evaluateAwsTrust(policy(statement({ Condition })), CLAIMS), {
      decision: "deny",
      reasons: [
        `statement 0 does not match: StringEquals ${HOST}:sub expected a or b, got system:serviceaccount:pulumi:deployer; ` +
          `StringLike ${HOST}:org expected acme, got no such key`,
      ],
    });
  });

  it("names the statement that decides by its Sid or its place", () => {
    assert.deepEqual(evaluateAwsTrust(policy(statement({ Sid: "Runner" })), CLAIMS).reasons, [
      "Runner matches and allows it",
    ]);
    assert.deepEqual(evaluateAwsTrust(policy(statement(), statement({ Effect: "Deny" })), CLAIMS).reasons, [
      "statement 1 matches and denies it, and a deny wins over every allow",
    ]);
  });

  it("says which action or principal is another", () => {
    const document = policy(statement({ Action: "sts:AssumeRole" }), statement({ Principal: { AWS: "123456789012" } }));
    assert.deepEqual(evaluateAwsTrust(document, CLAIMS).reasons, [
      "statement 0 does not match: Action sts:AssumeRole is not sts:AssumeRoleWithWebIdentity",
      `statement 1 does not match: Principal expected {"AWS":["123456789012"]}, got ${HOST}`,
    ]);
    assert.deepEqual(evaluateAwsTrust(policy(statement({ Effect: "Deny", Action: "sts:X" })), CLAIMS).reasons, [
      "the policy has no allow",
    ]);
    const but = statement({ Action: undefined, NotAction: ["sts:AssumeRole", "sts:AssumeRoleWith*"] });
    assert.deepEqual(evaluateAwsTrust(policy(but), CLAIMS).reasons, [
      "statement 0 does not match: NotAction sts:AssumeRole or sts:AssumeRoleWith* leaves out sts:AssumeRoleWithWebIdentity",
    ]);
  });

  for (const [what, Condition] of [
    ["a key of the request", { StringNotEquals: { "aws:SourceVpc": "vpc-1" } }],
    ["a key of the request, if it exists", { StringEqualsIfExists: { "sts:RoleSessionName": "x" } }],
    ["a time", { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }],
    ["a policy variable", { StringNotEquals: { [`${HOST}:sub`]: "${aws:username}" } }],
  ] as const) {
    it(`errs to deny where claims don't tell: ${what}`, () => {
      const doubtful = statement({ Condition });
      assert.equal(evaluateAwsTrust(policy(doubtful), CLAIMS).decision, "deny");
      const { decision, reasons } = evaluateAwsTrust(policy(statement(), { ...doubtful, Effect: "Deny" }), CLAIMS);
      assert.equal(decision, "deny");
      const [[operator, keys]] = Object.entries(Condition) as [[string, object]];
      const [[key, value]] = Object.entries(keys) as [[string, string]];
      const why = what.startsWith("a policy")
        ? "whose policy variables are not expanded"
        : "which the request decides, not the token";
      assert.deepEqual(reasons, [
        "statement 1 matches and denies it, and a deny wins over every allow" +
          `; not known: ${operator} ${key} expected ${value}, ${why}`,
      ]);
      // What is known to fail decides nevertheless.
      const failing = { Effect: "Deny", Condition: { ...Condition, Null: { [`${HOST}:sub`]: "true" } } };
      assert.equal(evaluateAwsTrust(policy(statement(), statement(failing)), CLAIMS).decision, "allow");
    });
  }

  it("doubts a list of values when one of them has a variable, and says all it doubts", () => {
    const Condition = {
      StringNotEquals: { [`${HOST}:sub`]: ["${aws:username}", "nobody"] },
      StringEquals: { "aws:RequestedRegion": "eu-west-1" },
    };
    const { reasons } = evaluateAwsTrust(policy(statement(), statement({ Effect: "Deny", Condition })), CLAIMS);
    assert.match(reasons.join(), /expected \$\{aws:username\} or nobody, .*; StringEquals aws:RequestedRegion /);
    const old = { Version: "2008-10-17", Statement: [statement(), statement({ Effect: "Deny", Condition })] };
    assert.doesNotMatch(evaluateAwsTrust(old, CLAIMS).reasons.join(), /variables/);
  });

  it("takes a key for the token's when its issuer's name ends like a service's", () => {
    for (const host of ["example.com/aws", "login.example.com/sts"]) {
      const Principal = { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` };
      const document = policy(statement({ Principal, Condition: { StringEquals: { [`${host}:sub`]: CLAIMS.sub } } }));
      assert.equal(evaluateAwsTrust(document, { ...CLAIMS, iss: `https://${host}` }).decision, "allow");
      assert.equal(evaluateAwsTrust(document, { ...CLAIMS, iss: `https://${host}`, sub: "other" }).decision, "deny");
    }
  });

  it("finds nothing under the key of another issuer, however long its name", () => {
    const other = HOST.replace("ABC123", "XYZ123");
    const Condition = { StringEquals: { [`${other}:sub`]: CLAIMS.sub } };
    assert.deepEqual(evaluateAwsTrust(policy(statement({ Condition })), CLAIMS).reasons, [
      `statement 0 does not match: StringEquals ${other}:sub expected ${CLAIMS.sub}, got no such key`,
    ]);
  });

  it("holds a key against any of a token's audiences, and names them all", () => {
    const of = (aud: string) => policy(statement({ Condition: { StringEquals: { [`${HOST}:aud`]: aud } } }));
    const claims = { ...CLAIMS, aud: ["sts.amazonaws.com", "other"] };
    assert.equal(evaluateAwsTrust(of("other"), claims).decision, "allow");
    assert.match(evaluateAwsTrust(of("others"), claims).reasons.join(), / got sts\.amazonaws\.com, other$/);
  });

  it("lets both answers be given for a key that may be missing", () => {
    const of = (...answers: string[]) => policy(statement({ Condition: { Null: { [`${HOST}:email`]: answers } } }));
    assert.equal(evaluateAwsTrust(of("true", "false"), CLAIMS).decision, "allow");
    assert.equal(evaluateAwsTrust(of("true"), { ...CLAIMS, email: "a@example.com" }).decision, "deny");
  });

  it("matches no federated principal for a token without an https issuer", () => {
    for (const iss of [
      ...[undefined, 7, HOST, `http://${HOST}`, [`https://${HOST}`]],
      ...["https://", `xhttps://${HOST}`, `https://${HOST}\n`, `https://${HOST}\nx`],
    ]) {
      for (const Federated of [`arn:aws:iam::123456789012:oidc-provider/${HOST}`, "no-provider.example.com", HOST]) {
        const { decision } = evaluateAwsTrust(policy(statement({ Principal: { Federated } })), { ...CLAIMS, iss });
        assert.equal(decision, "deny", `${String(iss)} ${Federated}`);
      }
    }
    assert.deepEqual(evaluateAwsTrust(policy(statement({ Principal: { Federated: "x" } })), {}).reasons, [
      'statement 0 does not match: Principal expected {"Federated":["x"]}, got a token without an https issuer',
    ]);
  });

  it("finds no key, not even that of no issuer, for a token without an https issuer", () => {
    const Condition = { StringEquals: { "undefined:sub": CLAIMS.sub } };
    const document = policy(statement({ Principal: "*", Condition }));
    assert.equal(evaluateAwsTrust(document, { ...CLAIMS, iss: `http://${HOST}` }).decision, "deny");
    assert.equal(evaluateAwsTrust(document, { ...CLAIMS, iss: "https://undefined" }).decision, "allow");
  });

  it("takes a star for everybody, also as a federated principal", () => {
    for (const Principal of ["*", { AWS: "*" }, { Federated: "*" }, { Federated: ["x", "*"] }]) {
      assert.equal(evaluateAwsTrust(policy(statement({ Principal })), CLAIMS).decision, "allow");
    }
    for (const Principal of [{ AWS: "" }, { Federated: "" }, { Service: "*" }, { Federated: "**" }]) {
      assert.equal(evaluateAwsTrust(policy(statement({ Principal })), CLAIMS).decision, "deny");
    }
  });

  it("knows Google by its name with and without the scheme", () => {
    const document = policy(statement({ Principal: { Federated: "accounts.google.com" } }));
    for (const iss of ["accounts.google.com", "https://accounts.google.com"]) {
      assert.equal(evaluateAwsTrust(document, { ...CLAIMS, iss }).decision, "allow", iss);
    }
    for (const iss of ["accounts.google.comx", "graph.facebook.com", ""]) {
      assert.equal(evaluateAwsTrust(document, { ...CLAIMS, iss }).decision, "deny", iss);
    }
  });

  it("takes an issuer for a principal by an ARN, unless IAM knows it by its name", () => {
    const arn = "arn:aws:iam::123456789012:oidc-provider/";
    for (const [Federated, host, decision] of [
      ["cognito-identity.amazonaws.com", "cognito-identity.amazonaws.com", "allow"],
      ["graph.facebook.com", "graph.facebook.com", "allow"],
      ["www.amazon.com", "www.amazon.com", "allow"],
      ["www.example.com", "www.example.com", "deny"],
      [`${arn}www.example.com`, "www.example.com", "allow"],
      [`${arn}www.example.com/a`, "www.example.com", "deny"],
      [`x:${arn}www.example.com`, "www.example.com", "deny"],
      [`${arn}www.example.com\nx`, "www.example.com", "deny"],
      ["arn:aws:iam::12345678901:oidc-provider/www.example.com", "www.example.com", "deny"],
      ["arn:aws:iam::1234567890123:oidc-provider/www.example.com", "www.example.com", "deny"],
      ["arn:aws-iso-b:iam::123456789012:oidc-provider/www.example.com", "www.example.com", "allow"],
    ]) {
      const document = policy(statement({ Principal: { Federated } }));
      assert.equal(evaluateAwsTrust(document, { ...CLAIMS, iss: `https://${host}` }).decision, decision, Federated);
    }
  });

  it("takes a pattern of many stars and a subject of 2 kB in its stride", () => {
    const Condition = { StringLike: { [`${HOST}:sub`]: `${"*a".repeat(1000)}b` } };
    assert.equal(
      evaluateAwsTrust(policy(statement({ Condition })), { ...CLAIMS, sub: "a".repeat(2000) }).decision,
      "deny",
    );
  });

  it("names a statement by its place when its Sid is empty", () => {
    const { reasons } = evaluateAwsTrust(policy(statement({ Sid: "" })), CLAIMS);
    assert.deepEqual(reasons, ["statement 0 matches and allows it"]);
  });
});
