import type { CloudAddresses, CloudContext } from "../context";
import { customAudienceClaims, loginClaims, type OpenedEnvironment } from "../issuer";
import { type AzureInputs, azureLogin } from "./azure-login";
import { secondsOf } from "./duration";
import type { LoginRequest } from "./evaluator";

/** What logins need of Pulumi Cloud. */
type LoginContext = Pick<CloudContext, "issuer" | "clouds" | "ca">;

interface AwsInputs {
  oidc: {
    roleArn: string;
    sessionName: string;
    duration?: string;
    policyArns?: string[];
    subjectAttributes?: string[];
  };
}

interface GcpInputs {
  project: number;
  oidc: {
    workloadPoolId: string;
    providerId: string;
    serviceAccount: string;
    region?: string;
    tokenLifetime?: string;
    subjectAttributes?: string[];
  };
}

interface OidcInputs {
  audience: string;
  duration?: string;
  identityToken: { version: string };
}

/**
 * Does what a login of an environment does: makes a token of Pulumi's issuer and, for a cloud's login, exchanges it at the cloud.
 *
 * @throws Error in the words of the client library that the cloud's error reaches users through
 */
export function logIn(context: LoginContext, { login, inputs }: LoginRequest, environment: OpenedEnvironment) {
  switch (login) {
    case "aws-login":
      return awsLogin(context, inputs as unknown as AwsInputs, environment);
    case "azure-login":
      return azureLogin(context.issuer, inputs as unknown as AzureInputs, environment);
    case "gcp-login":
      return gcpLogin(context, inputs as unknown as GcpInputs, environment);
    default:
      return customAudience(context, inputs as unknown as OidcInputs, environment);
  }
}

async function awsLogin(context: LoginContext, { oidc }: AwsInputs, environment: OpenedEnvironment) {
  const token = await context.issuer.signLogin(loginClaims("aws", environment, oidc.subjectAttributes));
  const policies = (oidc.policyArns ?? []).map((arn, index) => [`PolicyArns.member.${index + 1}.arn`, arn]);
  const form = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: oidc.roleArn,
    RoleSessionName: oidc.sessionName,
    WebIdentityToken: token,
    DurationSeconds: String(secondsOf(oidc.duration ?? "2h")),
    ...Object.fromEntries(policies),
  });
  const { status, text } = await post(context, clouds(context).awsStsUrl, form.toString(), FORM);
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
  if (status !== 200) {
    // Of aws-sdk-go-v2, as external-secrets and others show it. Errors that the SDK has a type for lack "api error".
    const code = element("Code");
    const known = /^(ExpiredToken|InvalidIdentityToken|IDP|MalformedPolicy|PackedPolicy|RegionDisabled)/.test(code);
    const what = `${known ? "" : "api error "}${code}: ${unescaped(element("Message"))}`;
    throw new Error(
      `operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: ${status}, RequestID: ${element("RequestId")}, ${what}`,
    );
  }
  return {
    accessKeyId: element("AccessKeyId"),
    secretAccessKey: unescaped(element("SecretAccessKey")),
    sessionToken: unescaped(element("SessionToken")),
  };
}

const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

async function gcpLogin(context: LoginContext, inputs: GcpInputs, environment: OpenedEnvironment) {
  const { project, oidc } = inputs;
  const { gcpStsUrl, gcpIamCredentialsUrl } = clouds(context);
  const token = await context.issuer.signLogin(loginClaims("gcp", environment, oidc.subjectAttributes));
  const pool = `projects/${project}/locations/${oidc.region ?? "global"}/workloadIdentityPools/${oidc.workloadPoolId}`;
  const urn = "urn:ietf:params:oauth";
  const federated = await google(context, `${gcpStsUrl}/v1/token`, {
    grantType: `${urn}:grant-type:token-exchange`,
    audience: `//iam.googleapis.com/${pool}/providers/${oidc.providerId}`,
    scope: CLOUD_PLATFORM,
    requestedTokenType: `${urn}:token-type:access_token`,
    subjectToken: token,
    subjectTokenType: `${urn}:token-type:jwt`,
  });
  const account = `${gcpIamCredentialsUrl}/v1/projects/-/serviceAccounts/${encodeURIComponent(oidc.serviceAccount)}`;
  const lifetime = `${secondsOf(oidc.tokenLifetime ?? "1h")}s`;
  const body = { scope: [CLOUD_PLATFORM], lifetime };
  const made = await google(context, `${account}:generateAccessToken`, body, String(federated.access_token));
  return { project, accessToken: made.accessToken, tokenType: "Bearer", expiry: made.expireTime };
}

/** A call whose errors are in the words of golang.org/x/oauth2/google (pulumi/docs at 1b6be63b, …/configuring-oidc/gcp.md). */
async function google(
  context: LoginContext,
  url: string,
  body: object,
  bearer?: string,
): Promise<Record<string, unknown>> {
  const { status, text } = await post(context, url, JSON.stringify(body), "application/json", bearer);
  if (status !== 200) {
    throw new Error(`oauth2/google: status code ${status}: ${text}`);
  }
  return JSON.parse(text) as Record<string, unknown>;
}

/** The limits and words are documented (pulumi/docs at 3beb0e84, content/docs/esc/providers/login/oidc.md). */
async function customAudience({ issuer }: LoginContext, inputs: OidcInputs, environment: OpenedEnvironment) {
  const { audience, duration = "1h", identityToken } = inputs;
  if (environment.currentId === undefined) {
    throw new Error("fn::open::oidc cannot run in an unsaved environment document; save the environment and import it");
  }
  if (identityToken.version !== "v2") {
    throw new Error(`unsupported identityToken.version "${identityToken.version}"`);
  }
  const bytes = Buffer.byteLength(audience);
  if (audience.trim() === "" || bytes > 512) {
    throw new Error("audience must have 1 to 512 bytes and must not be blank");
  }
  const seconds = secondsOf(duration);
  if (!(seconds >= 60 && seconds <= 3600)) {
    throw new Error("duration must be between 1m0s and 1h0m0s");
  }
  return issuer.signCustomAudience(customAudienceClaims(audience, environment), seconds);
}

function clouds(context: LoginContext): CloudAddresses {
  const addresses = context.clouds();
  if (addresses === undefined) {
    throw new Error("this Pulumi Cloud reaches no clouds");
  }
  return addresses;
}

const FORM = "application/x-www-form-urlencoded";

async function post(
  { ca }: LoginContext,
  url: string,
  body: string,
  type: string,
  bearer?: string,
): Promise<{ status: number; text: string }> {
  const { Agent, request } = await import("undici");
  const agent = new Agent({ connect: { ca } });
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const headers = { "content-type": type, ...authorization };
  try {
    const answer = await request(url, { method: "POST", dispatcher: agent, headers, body });
    return { status: answer.statusCode, text: await answer.body.text() };
  } finally {
    await agent.destroy();
  }
}

function unescaped(xml: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return xml.replace(/&(\w+);/g, (entity, name: string) => characters[name] ?? entity);
}
