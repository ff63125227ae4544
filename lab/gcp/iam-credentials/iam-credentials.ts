import { type Context, Hono } from "hono";
import { type LabEnvironment, readText, type ServerCertificate, type Service, startService } from "../../http";
import type { GcpIam } from "../iam";
import { type AccessTokens, errorOfStatus, GcpApiError, type IdTokens, principalName } from "../oauth";
import { authorize, callerOf } from "./authorize";
import { accessTokenRequest, accountOf, idTokenRequest } from "./request";

/** What the API works on. */
export interface IamCredentialsOptions {
  certificate: ServerCertificate;
  /** Milliseconds since the epoch. */
  clock: () => number;
  iam: GcpIam;
  accessTokens: AccessTokens;
  idTokens: IdTokens;
  /** Takes one line of log; never a token. */
  log: (line: string) => void;
}

/**
 * Starts the lab's `iamcredentials.googleapis.com`: `generateAccessToken` and `generateIdToken` of service accounts, for
 * who has the role on the account. Keys and signatures of service accounts (`signJwt`, `signBlob`) are not there.
 */
export async function startIamCredentials(options: IamCredentialsOptions): Promise<Service> {
  const { certificate, clock, iam, accessTokens, idTokens, log } = options;

  const generate: Record<string, (call: Context<LabEnvironment>, name: string) => Promise<object>> = {
    async generateAccessToken(call, name) {
      const caller = callerOf(accessTokens, call.req.header("Authorization"));
      const { delegates, scopes, seconds } = accessTokenRequest(await readText(call));
      const account = accountOf(iam, name);
      const accounts = delegates.map((delegate) => accountOf(iam, delegate));
      const permission = "iam.serviceAccounts.getAccessToken";
      authorize(iam, { caller, account, delegates: accounts, permission });
      log(`gcp access token of ${account.email} for ${principalName(caller)}`);
      const { token, expiresAt } = accessTokens.issue(
        { kind: "serviceAccount", email: account.email },
        scopes,
        seconds,
      );
      return { accessToken: token, expireTime: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, "Z") };
    },
    async generateIdToken(call, name) {
      const caller = callerOf(accessTokens, call.req.header("Authorization"));
      const { delegates, audience, includeEmail } = idTokenRequest(await readText(call));
      const account = accountOf(iam, name);
      const accounts = delegates.map((delegate) => accountOf(iam, delegate));
      const permission = "iam.serviceAccounts.getOpenIdToken";
      authorize(iam, { caller, account, delegates: accounts, permission });
      log(`gcp ID token of ${account.email} for ${principalName(caller)}`);
      return { token: await idTokens.sign({ account, audience, includeEmail }) };
    },
  };

  // The method follows the resource's name after a colon, which is not a separator of paths.
  const routes = new Hono<LabEnvironment>().post("/v1/projects/:project/serviceAccounts/:target", async (call) => {
    call.header("Cache-Control", "no-store");
    const { project, target } = call.req.param();
    const [id = "", method = ""] = target.split(":");
    try {
      const action = Object.hasOwn(generate, method) ? generate[method] : undefined;
      if (action === undefined) {
        throw new GcpApiError("NOT_FOUND", "Method not found.");
      }
      return call.json(await action(call, `projects/${project}/serviceAccounts/${id}`));
    } catch (error) {
      if (!(error instanceof GcpApiError)) {
        throw error;
      }
      log(`gcp iam-credentials refused: ${error.status}: ${JSON.stringify(error.message.slice(0, 300))}`);
      return call.json(error.body(), error.httpStatus);
    }
  });
  return startService({ certificate, clock, routes, errorBody: (status) => errorOfStatus(status).body() });
}
