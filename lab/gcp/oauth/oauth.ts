import { Hono } from "hono";
import { type LabEnvironment, type ServerCertificate, type Service, startService } from "../../http";
import type { AccessTokens } from "./access-tokens";
import { GOOGLE_ISSUER, type IdTokens } from "./id-tokens";

/** What Google's OAuth endpoints serve. */
export interface OAuthOptions {
  certificate: ServerCertificate;
  clock: () => number;
  accessTokens: AccessTokens;
  idTokens: IdTokens;
}

/**
 * Starts the lab's `oauth2.googleapis.com` and `accounts.google.com`: where who gets one of Google's tokens verifies it.
 * `GET /oauth2/v3/certs` (JSON Web Key Set), `GET /oauth2/v1/certs` (PEM by key id), `GET
 * /.well-known/openid-configuration`, and `GET /tokeninfo?access_token=…`, which tells whose an access token is (or `POST`
 * with the token as bearer, as Google's libraries do).
 */
export async function startGcpOAuth(options: OAuthOptions): Promise<Service> {
  const { accessTokens, idTokens, clock } = options;
  const routes = new Hono<LabEnvironment>();
  routes.get("/oauth2/v3/certs", async (call) => call.json(await idTokens.jwks()));
  routes.get("/oauth2/v1/certs", async (call) => call.json(await idTokens.pems()));
  routes.get("/.well-known/openid-configuration", (call) =>
    call.json({
      issuer: GOOGLE_ISSUER,
      jwks_uri: new URL("/oauth2/v3/certs", call.req.url).href,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    }),
  );
  routes.on(["GET", "POST"], "/tokeninfo", (call) => {
    const [, bearer] = /^Bearer (\S+)$/i.exec(call.req.header("Authorization") ?? "") ?? [];
    const grant = accessTokens.find(call.req.query("access_token") ?? bearer ?? "");
    if (grant === undefined) {
      return call.json(errorBody("invalid_token", "Invalid Value"), 400);
    }
    const { principal, scopes, expiresAt } = grant;
    const seconds = String(Math.floor((expiresAt - clock()) / 1000));
    // Federated tokens have no email; what Google tells about them here is not documented.
    const email = principal.kind === "serviceAccount" ? { email: principal.email, email_verified: "true" } : {};
    return call.json({ scope: scopes.join(" "), expires_in: seconds, access_type: "online", ...email });
  });
  const faultBody = () => errorBody("server_error", "fault");
  return startService({ certificate: options.certificate, clock, routes, errorBody: faultBody });
}

function errorBody(error: string, description: string): object {
  return { error, error_description: description };
}
