import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type STSClient,
} from "@aws-sdk/client-sts";
import { fromTokenFile, fromWebToken } from "@aws-sdk/credential-providers";
import type { Role } from "../../../../lab/aws/roles";
import { hmacToken, tamperedToken, unsignedToken } from "../../../../lab/issuer/forgery";
import { webIdentityTrust } from "../roles";
import { AwsFixture, ISSUER, OTHER_ISSUER, podClaims } from "./fixture";
import { NEAR_MISSES } from "./near-misses";

const SUBJECT = "system:serviceaccount:runners:runner";
const NO_KEY = /^Couldn't retrieve verification key from your identity provider/;
const NOT_AUTHORIZED = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

type Input = Partial<AssumeRoleWithWebIdentityCommandInput>;

describe("lab/aws/sts: AssumeRoleWithWebIdentity", () => {
  const lab = new AwsFixture();
  let role: Role;
  let client: STSClient;
  before(async () => {
    await lab.start();
    client = lab.client();
    role = lab.role("runner", webIdentityTrust(ISSUER, SUBJECT), { path: "/team/", maxSessionDuration: 7200 });
  });
  after(() => lab.stop());
  afterEach(() => {
    lab.clock.setOffset(0);
    lab.sts.faults.clear();
  });

  const good = (more: object = {}) => lab.issuer.sign({ ...podClaims("runners", "runner"), ...more });
  const assume = async (input: Input = {}) =>
    client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: role.arn,
        RoleSessionName: "session",
        WebIdentityToken: input.WebIdentityToken ?? (await good()),
        ...input,
      }),
    );
  const refused = (input: Input, name: string, message: string | RegExp, status = 400) =>
    assert.rejects(assume(input), (error: Error & { $metadata?: { httpStatusCode?: number; requestId?: string } }) => {
      assert.equal(error.name, name, error.message);
      message instanceof RegExp ? assert.match(error.message, message) : assert.equal(error.message, message);
      assert.equal(error.$metadata?.httpStatusCode, status);
      assert.match(error.$metadata?.requestId ?? "", /^[0-9a-f-]{36}$/);
      return true;
    });

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
            roleArn: role.arn,
            roleSessionName: "pod-1",
            clientConfig: lab.config(),
          }),
        );
        assert.deepEqual({ Arn, Account }, expected);
        assert.equal(UserId, `${role.uniqueId}:pod-1`);
      } finally {
        rmSync(directory, { recursive: true });
      }
    });

    it("gives credentials for a token, and refuses the neighbour's with AWS' own error", async () => {
      const provider = (webIdentityToken: string) =>
        fromWebToken({ webIdentityToken, roleArn: role.arn, roleSessionName: "pod-1", clientConfig: lab.config() });
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
      AssumedRoleId: `${role.uniqueId}:session`,
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

  describe("refuses", () => {
    for (const [index, { title, trust, refused: miss, admitted }] of NEAR_MISSES.entries()) {
      it(title, async () => {
        const { arn: RoleArn } = lab.role(`near-miss-${index}`, trust);
        const WebIdentityToken = await (miss.from === "other" ? lab.other : lab.issuer).sign({ ...miss.claims });
        await refused({ RoleArn, WebIdentityToken }, "AccessDenied", NOT_AUTHORIZED, 403);
        assert.match(lab.log.at(-1) ?? "", /decision=deny code=AccessDenied .*detail=.*sub="system:serviceaccount/);
        await assume({ RoleArn, WebIdentityToken: await lab.issuer.sign({ ...admitted }) });
      });
    }

    it("a role that may be assumed in other ways only", async () => {
      const trust = webIdentityTrust(ISSUER, SUBJECT);
      const only = lab.role("other-action", trust.replace("WithWebIdentity", ""));
      await refused({ RoleArn: only.arn }, "AccessDenied", NOT_AUTHORIZED, 403);
      const any = lab.role("any-action", trust.replace("WithWebIdentity", "*"));
      await assume({ RoleArn: any.arn });
    });

    it("a role whose policy the evaluator does not read", async () => {
      const trust = webIdentityTrust(ISSUER, SUBJECT);
      const strange = lab.role("strange", trust.replace('"Principal"', '"NotPrincipal"'));
      await refused({ RoleArn: strange.arn }, "AccessDenied", NOT_AUTHORIZED, 403);
      assert.match(lab.log.at(-1) ?? "", /detail=.*AWS_POLICY_INVALID.*NotPrincipal/);
    });

    it("another cluster the account knows, and a role that is not there, in the same words", async () => {
      const WebIdentityToken = await lab.other.sign(podClaims("runners", "runner"));
      await refused({ WebIdentityToken }, "AccessDenied", NOT_AUTHORIZED, 403);
      await refused({ RoleArn: role.arn.replace("/team", "") }, "AccessDenied", NOT_AUTHORIZED, 403);
      assert.match(lab.log.at(-1) ?? "", /there is no role/);
    });

    it("an issuer without a provider in the role's account", async () => {
      const unknown = `${ISSUER}/`;
      const WebIdentityToken = await good({ iss: unknown });
      const message = `No OpenIDConnect provider found in your account for ${unknown}`;
      await refused({ WebIdentityToken }, "InvalidIdentityTokenException", message);
      const strange = "https://a.example/?<x>&amp;";
      const quoted = { WebIdentityToken: await good({ iss: strange }) };
      await refused(
        quoted,
        "InvalidIdentityTokenException",
        `No OpenIDConnect provider found in your account for ${strange}`,
      );
      const RoleArn = role.arn.replace("111122223333", "444455556666");
      await refused(
        { RoleArn },
        "InvalidIdentityTokenException",
        `No OpenIDConnect provider found in your account for ${ISSUER}`,
      );
    });

    it("the token for Pulumi, and one for nobody", async () => {
      const pulumi = await lab.issuer.sign(podClaims("runners", "runner", "urn:pulumi:org:acme"));
      await refused({ WebIdentityToken: pulumi }, "InvalidIdentityTokenException", "Incorrect token audience");
      const nobody = await good({ aud: undefined });
      await refused({ WebIdentityToken: nobody }, "InvalidIdentityTokenException", "Missing a required claim: aud");
      for (const claim of ["sub", "iat", "exp"]) {
        const WebIdentityToken = await good({ [claim]: undefined });
        await refused({ WebIdentityToken }, "InvalidIdentityTokenException", `Missing a required claim: ${claim}`);
      }
    });

    it("forged tokens", async () => {
      const stolen = await lab.issuer.sign(podClaims("runners", "neighbour"));
      const claims = JSON.parse(Buffer.from((await good()).split(".")[1] as string, "base64url").toString()) as object;
      const forged = (WebIdentityToken: string, message: RegExp) =>
        refused({ WebIdentityToken }, "InvalidIdentityTokenException", message);
      await forged(tamperedToken(stolen, { sub: SUBJECT }), /signature of the token is invalid/);
      await forged(unsignedToken({ ...claims }), /signature of the token is invalid|not a valid JWT/);
      await forged(hmacToken({ ...claims }, lab.issuer.key), /signature of the token is invalid/);
      await forged(await lab.other.sign({ ...claims, iss: ISSUER }), NO_KEY);
      await forged("opaque-token", /^The ID Token provided is not a valid JWT/);
    });

    it("tokens out of their time, by the lab's clock", async () => {
      const token = await good();
      lab.clock.setOffset(3590);
      await assume({ WebIdentityToken: token });
      lab.clock.setOffset(3601);
      const expired = /^Token expired: current date\/time \d+ must be before the expiration date\/time \d+$/;
      await refused({ WebIdentityToken: token }, "ExpiredTokenException", expired);
      lab.clock.setOffset(-290);
      await assume({ WebIdentityToken: token });
      lab.clock.setOffset(-310);
      await refused({ WebIdentityToken: token }, "InvalidIdentityTokenException", /not valid yet.*nbf/);
      lab.sts.switches.skewSeconds = 320;
      await assume({ WebIdentityToken: token });
      lab.sts.switches.skewSeconds = 300;
    });

    it("keys that were rotated away, and an issuer that can't be reached", async () => {
      const token = await good();
      await lab.issuer.rotate({ forget: true });
      await refused({ WebIdentityToken: token }, "InvalidIdentityTokenException", NO_KEY);
      await assume();
      const fresh = await good();
      lab.issuer.behaviour.status = 500;
      await refused({ WebIdentityToken: fresh }, "InvalidIdentityTokenException", NO_KEY).finally(() => {
        delete lab.issuer.behaviour.status;
      });
      await assume({ WebIdentityToken: fresh });
    });

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
      await refused(
        { Policy: Policy.replace("Allow", "Permit") },
        "MalformedPolicyDocumentException",
        /Invalid effect/,
      );
      await refused({ Policy: Policy.padEnd(2049) }, "ValidationError", /'policy' .*2048/);
      await refused({ PolicyArns: [{ arn: "ReadOnlyAccess" }] }, "ValidationError", "ReadOnlyAccess is invalid");
      const many = Array.from({ length: 11 }, () => ({ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }));
      await refused({ PolicyArns: many }, "ValidationError", /policyArns/);
    });
  });

  it("shows faults that the official client gets over", async () => {
    const token = await good();
    const command = { RoleArn: role.arn, RoleSessionName: "session", WebIdentityToken: token };
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
