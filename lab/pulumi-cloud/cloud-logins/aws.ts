import { cloudsOf, type LoginContext, post } from "./request";

/** A role to assume. */
export interface AwsLogin {
  roleArn: string;
  sessionName: string;
  durationSeconds: number;
  policyArns?: readonly string[];
}

/** Credentials of AWS. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/**
 * Assumes a role with a token.
 *
 * @throws Error in the words of aws-sdk-go-v2
 */
export async function logInToAws(context: LoginContext, token: string, login: AwsLogin): Promise<AwsCredentials> {
  const policies = (login.policyArns ?? []).map((arn, index) => [`PolicyArns.member.${index + 1}.arn`, arn]);
  const form = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: login.roleArn,
    RoleSessionName: login.sessionName,
    WebIdentityToken: token,
    DurationSeconds: String(login.durationSeconds),
    ...Object.fromEntries(policies),
  });
  const { status, text } = await post(context, cloudsOf(context).awsStsUrl, form);
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

function unescaped(xml: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return xml.replace(/&(\w+);/g, (entity, name: string) => characters[name] ?? entity);
}
