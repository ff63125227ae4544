import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssumeRoleWithWebIdentityCommand } from "@aws-sdk/client-sts";
import { fromTokenFile, fromWebToken } from "@aws-sdk/credential-providers";
import { ISSUER, OTHER_ISSUER, podClaims } from "./fixture";
import { NOT_AUTHORIZED, SUBJECT, WebIdentityLab } from "./web-identity-lab";

describe("lab/aws/sts: AssumeRoleWithWebIdentity", () => {
  const lab = new WebIdentityLab();
  before(() => lab.start());
  after(() => lab.stop());
  afterEach(() => lab.reset());

  const good = lab.good.bind(lab);
  const assume = lab.assume.bind(lab);
  const refused = lab.refused.bind(lab);

  describe("with the official credential providers", () => {
    const expected = {
      Account: "111122223333",
      Arn: "arn:aws:sts::111122223333:assumed-role/runner/pod-1",
    };

    it("gives credentials for a token file, and they are the role's", async () => {
      const directory = mkdtempSync(join(tmpdir(), "web-identity-"));
      try {
        const webIdentityTokenFile = join(directory, "token");
        writeFileSync(webIdentityTokenFile, await good());
        const { Arn, Account, UserId } = await lab.whoAmI(
          fromTokenFile({
            webIdentityTokenFile,
            roleArn: lab.runner.arn,
            roleSessionName: "pod-1",
            clientConfig: lab.config(),
          }),
        );
        assert.deepEqual({ Arn, Account }, expected);
        assert.equal(UserId, `${lab.runner.uniqueId}:pod-1`);
      } finally {
        rmSync(directory, { recursive: true });
      }
    });

    it("gives credentials for a token, and refuses the neighbour's with AWS' own error", async () => {
      const provider = (webIdentityToken: string) =>
        fromWebToken({
          webIdentityToken,
          roleArn: lab.runner.arn,
          roleSessionName: "pod-1",
          clientConfig: lab.config(),
        });
      assert.equal((await lab.whoAmI(provider(await good()))).Arn, expected.Arn);
      const neighbour = await lab.issuer.sign(podClaims("runners", "neighbour"));
      await assert.rejects(lab.whoAmI(provider(neighbour)), { name: "AccessDenied", message: NOT_AUTHORIZED });
    });
  });

  it("answers with subject, audience, issuer and an end by the lab's clock", async () => {
    lab.clock.setOffset(600);
    const before = Math.floor(lab.clock.now() / 1000) * 1000;
    const answer = await assume({ DurationSeconds: 900 });
    assert.deepEqual(
      [answer.SubjectFromWebIdentityToken, answer.Audience, answer.Provider],
      [SUBJECT, "sts.amazonaws.com", ISSUER],
    );
    assert.deepEqual(answer.AssumedRoleUser, {
      Arn: "arn:aws:sts::111122223333:assumed-role/runner/session",
      AssumedRoleId: `${lab.runner.uniqueId}:session`,
    });
    assert.match(answer.Credentials?.AccessKeyId ?? "", /^ASIA[A-Z2-7]{16}$/);
    assert.equal(answer.Credentials?.SecretAccessKey?.length, 40);
    const end = answer.Credentials?.Expiration?.getTime() ?? 0;
    assert.ok(end >= before + 900_000 && end <= lab.clock.now() + 900_000, new Date(end).toISOString());
  });

  it("takes tokens of every client id, of both kinds of keys, and by azp", async () => {
    const arn = `arn:aws:iam::111122223333:oidc-provider/${OTHER_ISSUER.replace("https://", "")}`;
    lab.iam.oidcProviders.update(arn, { clientIds: ["sts.amazonaws.com", "app"], thumbprints: [], tags: {} });
    const provider = OTHER_ISSUER.replace("https://", "");
    const Principal = { Federated: arn };
    const Condition = { StringEquals: { [`${provider}:sub`]: SUBJECT } };
    const statement = { Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal, Condition };
    const { arn: RoleArn } = lab.role("any-client", JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
    const token = async (change: object) => lab.other.sign({ ...podClaims("runners", "runner"), ...change });
    for (const change of [{}, { aud: "app" }, { aud: ["x", "app"] }, { aud: "x", azp: "app" }]) {
      const answer = await assume({ RoleArn, WebIdentityToken: await token(change) });
      assert.equal(answer.Provider, OTHER_ISSUER);
    }
    for (const change of [{ aud: "x" }, { aud: "app", azp: "x" }]) {
      await refused(
        { RoleArn, WebIdentityToken: await token(change) },
        "InvalidIdentityTokenException",
        "Incorrect token audience",
      );
    }
  });

  it("shows faults that the official client gets over", async () => {
    const token = await good();
    const command = { RoleArn: lab.runner.arn, RoleSessionName: "session", WebIdentityToken: token };
    for (const fault of [
      { kind: "status", status: 503 },
      { kind: "status", status: 429 },
      { kind: "reset-before" },
      { kind: "reset-after" },
    ] as const) {
      const { hits } = lab.sts.faults.add({ path: "/", ...fault });
      assert.equal(hits, 0);
      const patient = lab.client({ maxAttempts: 2 });
      const { Credentials } = await patient.send(new AssumeRoleWithWebIdentityCommand(command));
      assert.ok(Credentials, JSON.stringify(fault));
      assert.equal(lab.sts.faults.list().at(-1)?.hits, 1);
    }
    lab.sts.faults.add({ path: "/", kind: "status", status: 503 });
    await assert.rejects(assume(), { name: "ServiceUnavailable" });
  });

  it("writes neither tokens nor secrets into log and journal", async () => {
    const token = await good();
    const { Credentials } = await assume({ WebIdentityToken: token });
    const written = lab.log.join("\n") + JSON.stringify(lab.sts.journal.list());
    assert.match(
      lab.log.at(-1) ?? "",
      /^sts action="AssumeRoleWithWebIdentity" decision=allow .*token=sha256:[0-9a-f]{16}$/,
    );
    assert.equal(lab.sts.journal.list().at(-1)?.credential, /sha256:(\w+)$/.exec(lab.log.at(-1) ?? "")?.[1]);
    for (const secret of [token, token.split(".")[2], Credentials?.SecretAccessKey, Credentials?.SessionToken]) {
      assert.ok(secret && !written.includes(secret));
    }
  });
});
