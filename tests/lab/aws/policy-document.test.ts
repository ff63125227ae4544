import assert from "node:assert/strict";
import { checkPermissionPolicy, checkTrustPolicy } from "../../../lab/aws/policy-document";

const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC";

function trust(change: Record<string, unknown> = {}, document: Record<string, unknown> = {}): string {
  const statement = {
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: PROVIDER },
    Condition: { StringEquals: { "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:a:b" } },
    ...change,
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement], ...document });
}

const refused = (text: string, message: RegExp) =>
  assert.throws(() => checkTrustPolicy(text), { code: "MalformedPolicyDocument", message });

describe("trust policies", () => {
  it("accepts web identity with conditions, one statement without a list, and AWS principals", () => {
    checkTrustPolicy(trust());
    checkTrustPolicy(JSON.stringify({ ...JSON.parse(trust()), Statement: JSON.parse(trust()).Statement[0] }));
    checkTrustPolicy(
      trust({
        Principal: { AWS: ["111122223333", "arn:aws:iam::111122223333:root"] },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      }),
    );
    checkTrustPolicy(trust({ Principal: { Service: "pods.eks.amazonaws.com" }, Action: "sts:AssumeRole" }));
    checkTrustPolicy(trust({ Condition: { "ForAnyValue:StringLikeIfExists": { "a.com:aud": ["x", "y"] } } }));
  });

  it("refuses what is no policy document", () => {
    refused("{", /invalid Json/);
    refused("[]", /Syntax errors/);
    refused(trust({}, { Version: undefined }), /Version/);
    refused(trust({}, { Version: "2012-10-18" }), /Version/);
    refused(trust({}, { Statement: undefined }), /Syntax errors/);
    refused(trust({}, { Statement: [] }), /Syntax errors/);
    refused(trust({}, { Statements: [] }), /Unknown field Statements/);
  });

  it("refuses statements that say too little or something else", () => {
    refused(trust({ Effect: "allow" }), /Invalid effect: allow/);
    refused(trust({ Action: undefined }), /Missing required field Action/);
    refused(trust({ Action: [] }), /Missing required field Action/);
    refused(trust({ Principal: undefined }), /Missing required field Principal/);
    refused(trust({ Resource: "*" }), /prohibited field Resource/);
    refused(trust({ Conditions: {} }), /Unknown field Conditions/);
    refused(trust({ Action: "s3:GetObject" }), /STS AssumeRole actions/);
  });

  it("refuses principals that are not well-formed", () => {
    refused(trust({ Principal: { Federated: PROVIDER.replace("arn:aws:iam::111122223333:", "") } }), /FEDERATED/);
    refused(trust({ Principal: { Federated: PROVIDER.replace("111122223333", "") } }), /FEDERATED/);
    refused(trust({ Principal: { Federated: PROVIDER.replace("oidc-provider", "role") } }), /FEDERATED/);
    refused(trust({ Principal: { Fedrated: PROVIDER } }), /Fedrated/);
    refused(trust({ Principal: PROVIDER }), /Invalid principal/);
  });

  it("refuses unknown condition operators and values that cannot be compared", () => {
    refused(trust({ Condition: { StringEqual: { "a:sub": "x" } } }), /Invalid Condition type : StringEqual$/);
    refused(trust({ Condition: { NullIfExists: { "a:sub": "true" } } }), /Invalid Condition type/);
    refused(trust({ Condition: { StringEquals: { "a:sub": { x: 1 } } } }), /Syntax errors/);
    refused(trust({ Condition: { StringEquals: "x" } }), /Syntax errors/);
  });

  it("counts 2048 characters without white space", () => {
    const room = 2048 - trust({ Sid: "" }).length;
    const full = trust({ Sid: "x".repeat(room) });
    checkTrustPolicy(JSON.stringify(JSON.parse(full), null, 4));
    assert.throws(() => checkTrustPolicy(trust({ Sid: "x".repeat(room + 1) })), { code: "LimitExceeded" });
  });
});

describe("permission policies", () => {
  const policy = (statement: Record<string, unknown>) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:Get*", Resource: "*", ...statement }],
    });

  it("want a resource and no principal", () => {
    checkPermissionPolicy(policy({}));
    for (const wrong of [
      { Resource: undefined },
      { Principal: "*" },
      { Resource: "bucket" },
      { Action: "GetObject" },
    ]) {
      assert.throws(() => checkPermissionPolicy(policy(wrong)), { code: "MalformedPolicyDocument" });
    }
  });
});
