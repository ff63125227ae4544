import { Hono } from "hono";
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
import type { IdentityPools } from "../identity-pools";
import type { AccessTokens } from "../oauth";
import { exchange } from "./exchange";
import { StsRefusal } from "./refusal";
import { parseStsRequest } from "./request";
import { defaultStsSwitches, type StsSwitches } from "./switches";

/** How to start the token service. */
export interface StsOptions {
  certificate: ServerCertificate;
  /** PEM of the authority that the clusters' servers are signed by. */
  ca: string;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** Where the tokens it issues are kept. */
  accessTokens: AccessTokens;
  /** Issuer of each cluster → where its server listens on loopback. As it is at the time of a request. */
  issuers: () => ReadonlyMap<string, string>;
  /** Where the server behind the issuer URL of a pool's provider listens. */
  resolveIssuer: (url: string) => string | undefined;
  pools: IdentityPools;
  /** Takes one line of log; never a token. */
  log: (line: string) => void;
}

/** The running token service. */
export interface GcpSts extends Service {
  /** May be changed at any time. */
  switches: StsSwitches;
}

/** Starts the lab's `sts.googleapis.com`: `POST /v1/token` (RFC 8693), which verifies subject tokens for real. */
export async function startGcpSts(options: StsOptions): Promise<GcpSts> {
  const { certificate, clock, accessTokens, issuers, pools, ca, log } = options;
  const switches = defaultStsSwitches();
  const resolveIssuer = (url: string) => issuers().get(url) ?? options.resolveIssuer(url);
  const network = new IssuerNetwork({ ca, resolveIssuer, switches: defaultSwitches() });
  const routes = new Hono<LabEnvironment>().post("/v1/token", async (call) => {
    call.header("Cache-Control", "no-store");
    try {
      const type = call.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
      const request = parseStsRequest(type, await readText(call));
      call.set("credential", fingerprint(request.subjectToken));
      const context = { issuers: [...issuers().keys()], pools, network, switches, accessTokens, clock };
      return call.json(await exchange(context, request));
    } catch (error) {
      if (!(error instanceof StsRefusal)) {
        throw error;
      }
      log(`gcp sts refused: ${error.code}: ${JSON.stringify(error.message.slice(0, 300))}`);
      return call.json(error.body(), error.httpStatus);
    }
  });
  const errorBody = () => new StsRefusal("server_error", "fault").body();
  const service = await startService({ certificate, clock, routes, errorBody });
  return { ...service, switches };
}
