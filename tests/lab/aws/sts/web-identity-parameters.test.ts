import { WebIdentityLab } from "./web-identity-lab";

describe("lab/aws/sts: AssumeRoleWithWebIdentity refuses, of its parameters,", () => {
  const lab = new WebIdentityLab();
  before(() => lab.start());
  after(() => lab.stop());
  afterEach(() => lab.reset());

  const assume = lab.assume.bind(lab);
  const refused = lab.refused.bind(lab);

  it("sessions longer than the role's, and parameters out of form", async () => {
    await assume({ DurationSeconds: 7200 });
    const tooLong = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    await refused({ DurationSeconds: 7201 }, "ValidationError", tooLong);
    await refused(
      { DurationSeconds: 899 },
      "ValidationError",
      /'899' at 'durationSeconds'.*greater than or equal to 900$/,
    );
    await refused({ DurationSeconds: 43_201 }, "ValidationError", /less than or equal to 43200$/);
    await assume({ RoleSessionName: "a+=,.@-_" });
    await refused({ RoleSessionName: "a b" }, "ValidationError", /'roleSessionName' .*regular expression/);
    await refused(
      { RoleSessionName: "x".repeat(65), DurationSeconds: 1 },
      "ValidationError",
      /^2 validation errors detected: /,
    );
    await assume({ RoleSessionName: "x".repeat(64) });
    await refused({ RoleArn: "arn:aws:iam::111122223333:user/runner" }, "ValidationError", "Request ARN is invalid");
    await refused({ ProviderId: "graph.facebook.com" }, "ValidationError", /ProviderId/);
    await refused(
      { RoleSessionName: undefined },
      "ValidationError",
      /^1 validation error detected: Value null at 'roleSessionName'/,
    );
  });

  it("session policies that are none", async () => {
    const Policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
    await assume({ Policy, PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }] });
    await refused({ Policy: Policy.replace("Allow", "Permit") }, "MalformedPolicyDocumentException", /Invalid effect/);
    await refused({ Policy: Policy.padEnd(2049) }, "ValidationError", /'policy' .*2048/);
    await refused({ PolicyArns: [{ arn: "ReadOnlyAccess" }] }, "ValidationError", "ReadOnlyAccess is invalid");
    const many = Array.from({ length: 11 }, () => ({ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }));
    await refused({ PolicyArns: many }, "ValidationError", /policyArns/);
  });
});
