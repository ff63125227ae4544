import assert from "node:assert/strict";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { webIdentityTrust } from "../roles";
import { AwsFixture, ISSUER } from "./fixture";

describe("lab/aws/sts: GetCallerIdentity, with the official client", () => {
  const lab = new AwsFixture();
  before(() => lab.start());
  after(() => lab.stop());
  afterEach(() => lab.clock.setOffset(0));

  const issue = (name: string) => {
    const role = lab.role(name, webIdentityTrust(ISSUER, "s"));
    return { role, credentials: lab.sessions.issue({ role, sessionName: "pod", seconds: 900 }) };
  };
  const refused = (credentials: object | undefined, name: string, message: RegExp, change: object = {}) =>
    assert.rejects(
      lab.whoAmI(credentials as never, change),
      (error: Error & { $metadata: { httpStatusCode: number } }) => {
        assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, 403], error.message);
        assert.match(error.message, message);
        return true;
      },
    );

  it("names account, role and session, in any region", async () => {
    const { role, credentials } = issue("named");
    for (const region of ["us-west-2", "eu-central-1"]) {
      assert.deepEqual(await lab.whoAmI(credentials, { region }), {
        Account: "111122223333",
        Arn: "arn:aws:sts::111122223333:assumed-role/named/pod",
        UserId: `${role.uniqueId}:pod`,
      });
    }
  });

  it("refuses credentials that are not whole", async () => {
    const { credentials } = issue("whole");
    const { credentials: other } = issue("other");
    await refused({ ...credentials, secretAccessKey: other.secretAccessKey }, "SignatureDoesNotMatch", /we calculated/);
    await refused({ ...credentials, sessionToken: other.sessionToken }, "InvalidClientTokenId", /is invalid/);
    await refused({ ...credentials, accessKeyId: "ASIAAAAAAAAAAAAAAAAA" }, "InvalidClientTokenId", /is invalid/);
  });

  it("refuses credentials after their end, and clocks that are fifteen minutes off", async () => {
    const { credentials } = issue("late");
    await refused(credentials, "SignatureDoesNotMatch", /Signature not yet current/, {
      systemClockOffset: 16 * 60_000,
    });
    await lab.whoAmI(credentials, { systemClockOffset: 14 * 60_000 });
    lab.clock.setOffset(901);
    const offset = { systemClockOffset: 901_000 };
    // The SDK itself refuses to sign with credentials it knows to be over.
    const { expiration: _, ...forgotten } = credentials;
    await refused(forgotten, "ExpiredToken", /is expired/, offset);
    lab.clock.setOffset(16 * 60);
    await refused(forgotten, "SignatureDoesNotMatch", /Signature expired/);
  });

  it("refuses a request without a signature, and operations the lab has not", async () => {
    const body = "Action=GetCallerIdentity&Version=2011-06-15";
    const unsigned = await lab.post(body);
    assert.deepEqual([unsigned.status, unsigned.code], [403, "MissingAuthenticationToken"]);
    const { credentials } = issue("operations");
    await lab.client({ credentials }).send(new GetCallerIdentityCommand({}));
    const assumeRole = new AssumeRoleCommand({ RoleArn: "arn:aws:iam::111122223333:role/x", RoleSessionName: "xx" });
    await assert.rejects(lab.client({ credentials }).send(assumeRole), {
      name: "InvalidAction",
      message: "Could not find operation AssumeRole for version 2011-06-15",
    });
    for (const wrong of [body.replace("2011-06-15", "2010-01-01"), "Action=GetCallerIdentity", "", "{}"]) {
      const { status, code } = await lab.post(wrong);
      assert.deepEqual([status, code], [400, "InvalidAction"], wrong);
    }
  });
});
