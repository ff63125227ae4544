import { cloudsOf, type LoginContext, post } from "./request";

/** A service account to act as. */
export interface GcpLogin {
  projectNumber: string | number;
  poolId: string;
  providerId: string;
  serviceAccount: string;
  location?: string;
  lifetimeSeconds: number;
}

/** What an exchange names a pool's provider by. */
export function gcpAudience({ projectNumber, location = "global", poolId, providerId }: GcpLogin): string {
  const pool = `projects/${projectNumber}/locations/${location}/workloadIdentityPools/${poolId}`;
  return `//iam.googleapis.com/${pool}/providers/${providerId}`;
}

const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

/**
 * Exchanges a token at a workload identity pool, and the result for an access token of a service account.
 *
 * @throws Error in the words of golang.org/x/oauth2/google (pulumi/docs at 1b6be63b, …/configuring-oidc/gcp.md)
 */
export async function logInToGcp(
  context: LoginContext,
  token: string,
  login: GcpLogin,
): Promise<{ accessToken: string; expireTime: string }> {
  const { gcpStsUrl, gcpIamCredentialsUrl } = cloudsOf(context);
  const urn = "urn:ietf:params:oauth";
  const federated = await call(context, `${gcpStsUrl}/v1/token`, {
    grantType: `${urn}:grant-type:token-exchange`,
    audience: gcpAudience(login),
    scope: CLOUD_PLATFORM,
    requestedTokenType: `${urn}:token-type:access_token`,
    subjectToken: token,
    subjectTokenType: `${urn}:token-type:jwt`,
  });
  const account = `${gcpIamCredentialsUrl}/v1/projects/-/serviceAccounts/${encodeURIComponent(login.serviceAccount)}`;
  const body = { scope: [CLOUD_PLATFORM], lifetime: `${login.lifetimeSeconds}s` };
  const made = await call(context, `${account}:generateAccessToken`, body, String(federated.access_token));
  return made as { accessToken: string; expireTime: string };
}

async function call(
  context: LoginContext,
  url: string,
  body: object,
  bearer?: string,
): Promise<Record<string, unknown>> {
  const { status, text } = await post(context, url, body, bearer);
  if (status !== 200) {
    throw new Error(`oauth2/google: status code ${status}: ${text}`);
  }
  return JSON.parse(text) as Record<string, unknown>;
}
