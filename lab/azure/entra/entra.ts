import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import {
  fingerprint,
  type LabEnvironment,
  readText,
  type ServerCertificate,
  type Service,
  startService,
} from "../../http";
import { defaultSwitches } from "../../pulumi-cloud";
import { IssuerNetwork } from "../../pulumi-cloud/keys";
import { SigningKey } from "../../signing-key";
import type { Client, Directory } from "../directory";
import type { AzureSwitches } from "../switches";
import { LAB_TENANT_ID } from "../tenant";
import { EntraRefusal, refusals } from "./refusal";
import { parseTokenRequest } from "./request";
import { verifyAssertion } from "./verify-assertion";

/** How to start Entra ID. */
export interface EntraOptions {
  certificate: ServerCertificate;
  /** PEM of the authority that the issuers' servers are signed by. */
  ca: string;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** Where the server behind the issuer URL of a credential listens. */
  resolveIssuer: (url: string) => string | undefined;
  directory: Directory;
  switches: AzureSwitches;
  /** Takes one line of log; never a token. */
  log: (line: string) => void;
}

/**
 * Starts the lab's `login.microsoftonline.com`: below the tenant's id `POST /oauth2/v2.0/token` by client assertion, which verifies the
 * tokens of other issuers for real, and the metadata that Microsoft's libraries look at first, `GET
 * /v2.0/.well-known/openid-configuration` and `GET /discovery/v2.0/keys`. The list of Microsoft's own clouds is not served: clients
 * that ask for it are told not to (`disableInstanceDiscovery`).
 */
export async function startEntra(options: EntraOptions): Promise<Service> {
  const { certificate, ca, clock, resolveIssuer, directory, switches, log } = options;
  const network = new IssuerNetwork({ ca, resolveIssuer, switches: defaultSwitches() });
  const key = new SigningKey();
  const routes = new Hono<LabEnvironment>();

  routes.get("/:tenant/v2.0/.well-known/openid-configuration", (call) =>
    answered(call, async () => call.json(metadata(call, tenantOf(call)))),
  );
  routes.get("/:tenant/discovery/v2.0/keys", (call) =>
    answered(call, async () => {
      tenantOf(call);
      return call.json(await key.jwks());
    }),
  );
  routes.post("/:tenant/oauth2/v2.0/token", async (call) => {
    call.header("Cache-Control", "no-store");
    const text = await readText(call);
    return answered(
      call,
      async () => {
        const tenant = tenantOf(call);
        const { clientId, resource, assertion } = parseTokenRequest(text);
        call.set("credential", fingerprint(assertion));
        const client = directory.client(clientId);
        // An application acts in a tenant by its service principal there.
        if (client?.principalId === undefined) {
          throw refusals.application(clientId, tenant);
        }
        const now = clock();
        const { accessTokenSeconds } = switches;
        // Asked for each time: in a lab a key that was rotated away should be refused at once.
        const keys = async (issuer: string) => (await network.keys({ url: issuer, thumbprints: [] })).keys;
        await verifyAssertion(assertion, client, { keys, now, switches });
        return call.json({
          token_type: "Bearer",
          expires_in: accessTokenSeconds,
          ext_expires_in: accessTokenSeconds,
          access_token: await key.sign(accessTokenClaims(client, resource, now, accessTokenSeconds)),
        });
      },
      new URLSearchParams(text ?? "").get("client-request-id") ?? undefined,
    );
  });

  async function answered(
    call: Context<LabEnvironment>,
    answer: () => Promise<Response>,
    correlationId?: string,
  ): Promise<Response> {
    try {
      return await answer();
    } catch (error) {
      if (!(error instanceof EntraRefusal)) {
        throw error;
      }
      log(`entra refused: ${JSON.stringify(error.message.slice(0, 300))}`);
      return call.json(error.body(clock(), correlationId), error.httpStatus);
    }
  }

  return startService({ certificate, clock, routes, errorBody: () => refusals.unavailable().body(clock()) });
}

function tenantOf(call: Context<LabEnvironment>): string {
  const tenant = call.req.param("tenant") ?? "";
  if (tenant.toLowerCase() !== LAB_TENANT_ID) {
    throw refusals.tenant(tenant);
  }
  return LAB_TENANT_ID;
}

/** What MSAL must find in it: issuer and the three endpoints (AzureAD/microsoft-authentication-library-for-js, msal-common 15). */
function metadata(call: Context<LabEnvironment>, tenant: string): object {
  const base = `${new URL(call.req.url).origin}/${tenant}`;
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    response_types_supported: ["code"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

/** Claims of an access token that an application gets for itself (Entra documentation, "Access token claims reference", v1.0). */
function accessTokenClaims(client: Client, resource: string, now: number, seconds: number): Record<string, unknown> {
  const issued = Math.floor(now / 1000);
  const { clientId, principalId, resourceId } = client;
  return {
    aud: resource,
    iss: `https://sts.windows.net/${LAB_TENANT_ID}/`,
    iat: issued,
    nbf: issued,
    exp: issued + seconds,
    appid: clientId,
    appidacr: "2",
    idtyp: "app",
    oid: principalId,
    sub: principalId,
    tid: LAB_TENANT_ID,
    uti: randomUUID(),
    ver: "1.0",
    ...(resourceId !== undefined && { xms_mirid: resourceId }),
  };
}
