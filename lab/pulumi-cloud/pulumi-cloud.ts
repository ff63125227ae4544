import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { EscEvaluator } from "../../tools/toolchain";
import {
  answerHeaders,
  applyFaults,
  FaultRegistry,
  journalRequests,
  type LabEnvironment,
  RequestJournal,
  type ServerCertificate,
  serveTls,
} from "../http";
import { authenticate } from "./access";
import { AccessTokens } from "./access-tokens";
import type { CloudAddresses, CloudContext } from "./context";
import { deploymentRoutes } from "./deployments";
import { environmentRoutes } from "./environments";
import { ApiError, oauthErrorBody } from "./errors";
import { exchangeRoute } from "./exchange";
import type { Execute } from "./execution";
import { PulumiIssuer } from "./issuer";
import { issuerRoutes } from "./issuers";
import { IssuerNetwork, KeyCache } from "./keys";
import { LAB_ADMIN, Organization, type OrganizationRequest } from "./organization";
import { policyRoutes } from "./policies";
import { stackRoutes } from "./stacks";
import { defaultSwitches, type Switches } from "./switches";
import { tokenOwnerRoutes } from "./token-owners";
import { userRoutes } from "./user-routes";

/** How to start a Pulumi Cloud. */
export interface PulumiCloudOptions {
  /** The first organization: its name, or everything in it. */
  organization: string | OrganizationRequest;
  /** Valid for 127.0.0.1. */
  certificate: ServerCertificate;
  /** PEM of the authority that the issuers' servers are signed by. */
  ca: string;
  /** Where the server behind an issuer URL listens: a base URL on loopback. Default: nowhere but loopback URLs. */
  resolveIssuer?: (url: string) => string | undefined;
  /** What evaluates ESC environments. Default: there is none, so that none is opened. */
  escEvaluator?: EscEvaluator;
  /** The clouds that deployments and the logins of environments exchange tokens at, once they are there. Default: none. */
  clouds?: () => CloudAddresses | undefined;
  /** What runs the commands of deployments. Default: none, so that none is run. */
  execute?: Execute;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  clock?: () => number;
  /** Takes one line of log, without its end. Never gets a token. Default: dropped. */
  log?: (line: string) => void;
  /** What to set other than the defaults. */
  switches?: Partial<Switches>;
}

/** A running Pulumi Cloud. All but the first five members are for the lab's control interface. */
export interface PulumiCloud {
  /** `https://127.0.0.1:PORT`. */
  url: string;
  /** Name of the first organization. */
  organization: string;
  /** Access token of an administrator of the first organization; never expires. */
  adminToken: string;
  /** Where the server behind Pulumi Cloud's own issuer URLs listens; undefined for the URL of another issuer. */
  resolveIssuer(url: string): string | undefined;
  /** Ends the server and its connections. */
  stop(): Promise<void>;
  /** Signs tokens of deployments and environments. */
  issuer: PulumiIssuer;
  /** May be changed at any time. */
  switches: Switches;
  faults: FaultRegistry;
  journal: RequestJournal;
  /**
   * Definitions without any literal character that a PATCH held, as JSON, whatever became of it: the real service is known to
   * refuse the one that a new issuer starts with, and no client of ours may send it.
   */
  nameless: string[];
  organizations: ReadonlyMap<string, Organization>;
  /** Adds an organization, or throws {@link ApiError} 409. Returns the access token of its administrator. */
  addOrganization(request: OrganizationRequest): string;
}

/**
 * Starts a stand-in of Pulumi Cloud on loopback that verifies for real: issuers, auth policies, token exchange and what
 * the CLI needs to log in. Any number may run at once.
 */
export async function startPulumiCloud(options: PulumiCloudOptions): Promise<PulumiCloud> {
  const clock = options.clock ?? Date.now;
  const log = options.log ?? (() => undefined);
  const switches = { ...defaultSwitches(), ...options.switches };
  const issuer = new PulumiIssuer(clock, switches);
  const resolveOwn = (url: string) => {
    const path = issuer.pathOf(url);
    return path === undefined ? undefined : `${server.url}${path}`;
  };
  const resolveIssuer = (url: string) => options.resolveIssuer?.(url) ?? resolveOwn(url);
  const network = new IssuerNetwork({ ca: options.ca, resolveIssuer, switches });
  const tokens = new AccessTokens(clock);
  const organizations = new Map<string, Organization>();
  const caller = (header: string | undefined) => authenticate(tokens, header);
  const keys = new KeyCache(network, clock, switches);
  const nameless: string[] = [];
  const { ca, escEvaluator, execute, clouds = () => undefined } = options;
  const context: CloudContext = {
    ...{ organizations, tokens, network, keys, switches, clock, log, nameless, caller },
    ...{ ca, escEvaluator, execute, clouds, issuer },
  };

  const addOrganization = (request: OrganizationRequest): string => {
    if (organizations.has(request.name)) {
      throw new ApiError(409, "the organization exists already");
    }
    organizations.set(request.name, new Organization(request));
    const grant = { tokenType: "personal", organization: request.name, user: LAB_ADMIN, admin: true } as const;
    return tokens.issue({ ...grant, name: "lab", expiresAt: Number.POSITIVE_INFINITY });
  };
  const first = typeof options.organization === "string" ? { name: options.organization } : options.organization;
  const adminToken = addOrganization(first);

  const faults = new FaultRegistry();
  const journal = new RequestJournal();
  const stopping = new AbortController();
  const app = new Hono<LabEnvironment>()
    .use(answerHeaders(clock, "X-Pulumi-Request-ID"), journalRequests(journal, clock))
    .use(applyFaults(faults, faultBody, stopping.signal))
    .route("/", exchangeRoute(context))
    .route("/", issuer.routes())
    .route("/", userRoutes(context))
    .route("/", tokenOwnerRoutes(context))
    .route("/", environmentRoutes(context))
    .route("/", issuerRoutes(context))
    .route("/", policyRoutes(context))
    .route("/", deploymentRoutes(context))
    .route("/", stackRoutes(context))
    .notFound((call) => call.text("404 page not found\n", 404))
    .onError((error, call) => errorAnswer(call, error, log));
  const server = await serveTls(app.fetch, options.certificate);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await server.close();
  };
  const name = first.name;
  return {
    url: server.url,
    organization: name,
    adminToken,
    resolveIssuer: resolveOwn,
    stop,
    issuer,
    switches,
    faults,
    journal,
    nameless,
    organizations,
    addOrganization,
  };
}

/** Body of a fault's status, in the shape of the route it hits. */
function faultBody(call: Context<LabEnvironment>, status: number) {
  return call.req.path === "/api/oauth/token"
    ? oauthErrorBody("server_error", false)
    : new ApiError(status, "fault").body();
}

function errorAnswer(call: Context, error: Error, log: (line: string) => void): Response {
  if (error instanceof ApiError) {
    return call.json(error.body(), error.status as ContentfulStatusCode);
  }
  // Where, but not the message: it could quote the request.
  log(
    `error ${error.name} ${(error.stack ?? "")
      .split("\n")
      .filter((line) => line.startsWith("    at "))
      .slice(0, 3)
      .join(" ")}`,
  );
  const body = call.req.path === "/api/oauth/token" ? oauthErrorBody("server_error", false) : undefined;
  return call.json(body ?? new ApiError(500, "internal server error").body(), 500);
}
