import assert from "node:assert/strict";
import { Agent } from "node:https";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Aws, startAws } from "../../../../lab/aws";
import { roleInput } from "../../aws/roles";
import { EscFixture } from "./fixture";

const ACCOUNT = "111122223333";

/** The trust policy of a role for one audience and subject of Pulumi's issuer. */
function trust(audience: string, subject: string, provider = "api.pulumi.com/oidc"): string {
  const Condition = { StringEquals: { [`${provider}:aud`]: audience, [`${provider}:sub`]: subject } };
  const Principal = { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${provider}` };
  const statement = { Effect: "Allow", Principal, Action: "sts:AssumeRoleWithWebIdentity", Condition };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

/** A definition that logs in to a role. */
function login(role: string, more = ""): string {
  return `values:
  aws:
    login:
      fn::open::aws-login:
        oidc:
          roleArn: arn:aws:iam::${ACCOUNT}:role/${role}
          sessionName: esc-\${context.pulumi.user.login}
          duration: 1h
${more}  environmentVariables:
    AWS_ACCESS_KEY_ID: \${aws.login.accessKeyId}
    AWS_SECRET_ACCESS_KEY: \${aws.login.secretAccessKey}
    AWS_SESSION_TOKEN: \${aws.login.sessionToken}
`;
}

describe("lab/pulumi-cloud: fn::open::aws-login", () => {
  const esc = new EscFixture();
  let aws: Aws;
  let agent: Agent | undefined;
  before(async function () {
    const clouds = () => ({ awsStsUrl: aws.sts.url, azureAuthority: "", gcpStsUrl: "", gcpIamCredentialsUrl: "" });
    await esc.startWithEvaluator(this, { clouds });
    const { certificate, clock, cloud } = esc;
    const ca = esc.authority.certificatePem;
    agent = new Agent({ ca });
    aws = await startAws({ certificate, ca, clock: clock.now, clusters: [], resolveIssuer: cloud.resolveIssuer });
    esc.onStop(() => aws.stop());
    const providers = {
      "https://api.pulumi.com/oidc": ["aws:acme", "acme"],
      "https://api.pulumi.com/oidc/v2": ["tool"],
    };
    for (const [url, clientIds] of Object.entries(providers)) {
      aws.iam.oidcProviders.create({ url, clientIds, thumbprints: [], tags: {} });
    }
  });
  after(async () => {
    agent?.destroy();
    await esc.stop();
  });

  const role = (name: string, policy: string) => aws.iam.roles.create(roleInput(name, policy));

  /** Who the credentials of an opened environment are, by AWS' own client. */
  async function callerOf(variables: Record<string, string>): Promise<string | undefined> {
    const client = new STSClient({
      region: "us-west-2",
      endpoint: aws.sts.url,
      requestHandler: { httpsAgent: agent },
      credentials: {
        accessKeyId: variables.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? "",
        sessionToken: variables.AWS_SESSION_TOKEN,
      },
    });
    try {
      return (await client.send(new GetCallerIdentityCommand({}))).Arn;
    } finally {
      client.destroy();
    }
  }
  const open = async (environment: string) => JSON.parse(await esc.ok("open", environment));

  it("gives credentials of the role", async () => {
    role("deploy", trust("aws:acme", "pulumi:environments:org:acme:env:infra/aws"));
    await esc.put("acme/infra/aws", login("deploy"));
    const { environmentVariables } = await open("acme/infra/aws");
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/esc-lab-admin`;
    assert.equal(await callerOf(environmentVariables), arn);
    assert.match(await esc.ok("get", "acme/infra/aws"), /"AWS_ACCESS_KEY_ID": "\[unknown\]"/);
  });

  it("is refused, with STS's own code, by a role for another organization, project, environment or audience", async () => {
    const subject = "pulumi:environments:org:acme:env:infra/aws";
    role("other", trust("aws:acme", subject));
    await esc.put("acme/infra/aws", login("other"));
    for (const policy of [
      trust("aws:acme", subject.replace("acme", "acme2")),
      trust("aws:acme", subject.replace("infra", "infra2")),
      trust("aws:acme", `${subject}2`),
      trust("aws:acme", subject.slice(0, -1)),
      trust("acme", subject),
      trust("azure:acme", subject),
      trust("aws:acme", subject, "api.pulumi.com/oidc/v2"),
    ]) {
      aws.iam.roles.update("other", roleInput("other", policy));
      const { stdout, stderr } = await esc.env(["open", "acme/infra/aws"]);
      assert.match(
        stderr.replace(/\s+/g, " "),
        /operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 403, RequestID: \S+, api error AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity/,
        policy,
      );
      assert.doesNotMatch(stdout, /SECRET/);
    }
  });

  it("has a subject of the attributes that are asked for, in their order", async () => {
    const start = "pulumi:environments:pulumi.organization.login:acme";
    role("attributes", trust("aws:acme", `${start}:currentEnvironment.name:infra/login:pulumi.user.login:lab-admin`));
    const attributes = (...names: string[]) => `          subjectAttributes: [${names.join(", ")}]\n`;
    await esc.put("acme/infra/login", login("attributes", attributes("currentEnvironment.name", "pulumi.user.login")));
    await esc.put("acme/infra/uses", "imports: [infra/login]\n");
    assert.ok(await callerOf((await open("acme/infra/uses")).environmentVariables));
    await esc.put("acme/infra/login", login("attributes", attributes("pulumi.user.login", "currentEnvironment.name")));
    assert.match((await esc.env(["open", "acme/infra/uses"])).stderr, /AccessDenied/);
    await esc.put("acme/infra/login", login("attributes", attributes("pulumi.token.name")));
    assert.match(
      (await esc.env(["open", "acme/infra/uses"])).stderr,
      /unsupported subject attribute "pulumi.token.name"/,
    );
  });

  it("names what was opened unless attributes are asked for: the importing environment, or `<yaml>` for a stack's list", async () => {
    role("imported", trust("aws:acme", "pulumi:environments:org:acme:env:infra/uses"));
    role("stack", trust("aws:acme", "pulumi:environments:org:acme:env:<yaml>"));
    const openYaml = () =>
      esc.api("POST", "/api/esc/environments/acme/yaml/open?duration=1h0m0s", "imports: [infra/login]\n");
    await esc.put("acme/infra/login", login("imported"));
    assert.ok(await callerOf((await open("acme/infra/uses")).environmentVariables));
    assert.equal((await openYaml()).status, 400);
    await esc.put("acme/infra/login", login("stack"));
    const { id } = (await openYaml()).json;
    const { json } = await esc.api("GET", `/api/esc/environments/acme/yaml/open/${id}`);
    assert.match(json.properties.aws.value.login.value.accessKeyId.value, /^ASIA/);
  });

  it("has the organization's bare name for audience in the project default, and no project in the subject", async () => {
    role("legacy", trust("acme", "pulumi:environments:org:acme:env:legacy"));
    await esc.put("acme/default/legacy", login("legacy"));
    assert.ok(await callerOf((await open("acme/default/legacy")).environmentVariables));
    await esc.put("acme/infra/imports-legacy", "imports: [default/legacy]\n");
    role("imports-legacy", trust("acme", "pulumi:environments:org:acme:env:infra/imports-legacy"));
    await esc.put("acme/default/legacy", login("imports-legacy"));
    assert.ok(await callerOf((await open("acme/infra/imports-legacy")).environmentVariables));
    role("modern", trust("aws:acme", "pulumi:environments:org:acme:env:default/legacy"));
    await esc.put("acme/default/legacy", login("modern"));
    assert.match((await esc.env(["open", "acme/default/legacy"])).stderr, /AccessDenied/);
  });

  it("of fn::open::oidc is a token for an audience of one's own, by ids, that a role for /oidc refuses", async () => {
    const definition = `values:
  token:
    fn::open::oidc: { audience: tool, identityToken: { version: v2 }, duration: 15m }
`;
    await esc.put("acme/infra/tool", definition);
    const { oidcSubjectV2 } = (await esc.api("GET", "/api/esc/environments/acme/infra/tool/metadata")).json;
    const { token } = await open("acme/infra/tool");
    const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
    assert.deepEqual([claims.sub, claims.aud, claims.exp - claims.iat], [oidcSubjectV2, "tool", 900]);
    assert.equal(claims["https://pulumi.com/current_env"], "infra/tool");
    const assume = (name: string) => {
      const form = { Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleSessionName: "session" };
      const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
      const body = new URLSearchParams({ ...form, RoleArn, WebIdentityToken: token }).toString();
      return esc.request(aws.sts.url, "POST", body, { "Content-Type": "application/x-www-form-urlencoded" });
    };
    role("v2", trust("tool", oidcSubjectV2, "api.pulumi.com/oidc/v2"));
    role("v1", trust("tool", oidcSubjectV2));
    assert.equal((await assume("v2")).status, 200);
    const refused = await assume("v1");
    assert.deepEqual([refused.status, /<Code>AccessDenied</.test(refused.text)], [403, true]);
    await esc.put("acme/infra/tool", definition.replace("15m", "2h"));
    assert.match((await esc.env(["open", "acme/infra/tool"])).stderr, /duration must be between 1m0s and 1h0m0s/);
  });
});
