import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Context, Hono } from "hono";
import type { Claims } from "../../trust/claims";
import { issuerByKey, issuerOf } from "../../trust/issuers";
import { answerHeaders, equalSecrets, type LabEnvironment, readText, type ServerCertificate, serveTls } from "../http";
import { launcher } from "../shell";
import { SigningKey } from "../signing-key";
import type { CiDescription } from "../types";
import { askedClaims, CI_KEYS, type CiKey, ciSystem, isCiKey, jobClaims, type TokenAsked } from "./systems";

/** How to start the CI systems. */
export interface CiOptions {
  /** Valid for 127.0.0.1. */
  certificate: ServerCertificate;
  /** Path of the PEM file with the lab's authority, which the commands of jobs believe. */
  caFile: string;
  /** Where the commands of jobs go. */
  directory: string;
  /** The audience of tokens that are minted without one. */
  audience: string;
  /** Milliseconds since the epoch. */
  clock: () => number;
}

/** What a job is made with. */
export interface JobRequest {
  issuer: CiKey;
  /** Claims that differ from the example's; see `jobClaims`. */
  claims: Claims;
  /** The audience that the pipeline's file names, where it is the one to name it. */
  audience?: string;
  /** The variable that the pipeline's file names. */
  variable?: string;
}

/** What the system gives to a job. */
export interface Job {
  environment: Record<string, string>;
  /** Directory of the system's command, for PATH. */
  path?: string;
}

/** The lab's CI systems. */
export interface Ci {
  /** Where the server behind an issuer URL listens; undefined for the URL of another issuer. */
  resolveIssuer(url: string): string | undefined;
  /** A token with the claims of a job. */
  mint(issuer: CiKey, claims: Claims): Promise<string>;
  /** Starts a job, as far as it asks for tokens. */
  startJob(request: JobRequest): Promise<Job>;
  describe(): CiDescription;
  stop(): Promise<void>;
}

interface RunningJob extends JobRequest {
  token: string;
  url: string;
}

/**
 * Starts one server for the issuers of all CI systems and for the endpoints where jobs get tokens. Keys and commands are made when the
 * first token or job needs them.
 */
export async function startCi(options: CiOptions): Promise<Ci> {
  const keys = new Map(CI_KEYS.map((key) => [key, new SigningKey()]));
  const keyOf = (issuer: CiKey) => keys.get(issuer) as SigningKey;
  const jobs = new Map<string, RunningJob>();
  const sign = (issuer: CiKey, claims: Claims) => {
    const { stamps, lifetimeSeconds } = ciSystem(issuer);
    const now = Math.floor(options.clock() / 1000);
    const stamped = { nbf: now, jti: randomUUID() };
    return keyOf(issuer).sign({
      ...Object.fromEntries(stamps.map((stamp) => [stamp, stamped[stamp]])),
      iat: now,
      exp: now + lifetimeSeconds,
      ...claims,
    });
  };

  const app = new Hono<LabEnvironment>().use(answerHeaders(options.clock));
  app.get("/issuers/:issuer/.well-known/openid-configuration", (call) => {
    const issuer = call.req.param("issuer");
    return call.json({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    });
  });
  app.get("/issuers/:issuer/.well-known/jwks", async (call) => {
    const key = ciKeyOf(call.req.param("issuer"));
    return key === undefined ? call.notFound() : call.json(await keyOf(key).jwks());
  });
  app.on(["GET", "POST"], "/jobs/:id/token", async (call) => {
    const job = jobs.get(call.req.param("id"));
    const [, bearer] = /^Bearer (\S+)$/i.exec(call.req.header("Authorization") ?? "") ?? [];
    // Which of 401 and 403 the services answer is not documented.
    if (bearer === undefined) {
      return call.json({ message: "the request lacks the job's token" }, 401);
    }
    if (job === undefined || !equalSecrets(bearer, job.token)) {
      return call.json({ message: "the token is not this job's" }, 403);
    }
    return answer(call, job);
  });
  app.notFound((call) => call.json({ message: "Not Found" }, 404));
  const server = await serveTls(app.fetch, options.certificate);

  async function answer(call: Context<LabEnvironment>, job: RunningJob): Promise<Response> {
    const system = ciSystem(job.issuer);
    const { delivery } = system;
    if (delivery.by === "command") {
      const asked = JSON.parse((await readText(call)) || "{}") as TokenAsked;
      return call.json({ value: await sign(job.issuer, askedClaims(system, job.claims, asked)) });
    }
    if (delivery.by !== "request" || call.req.method !== delivery.method) {
      return call.json({ message: `the method ${call.req.method} is not allowed` }, 405);
    }
    if (delivery.requiredParameter !== undefined && !call.req.query(delivery.requiredParameter)) {
      return call.json({ message: `the parameter ${delivery.requiredParameter} is missing` }, 400);
    }
    const asked = hasFixedAudience(job.issuer) ? {} : { audience: call.req.query("audience") };
    return call.json({ [delivery.answer]: await sign(job.issuer, askedClaims(system, job.claims, asked)) });
  }

  function register(request: JobRequest): RunningJob {
    const id = randomUUID();
    const { delivery } = ciSystem(request.issuer);
    const query = delivery.by === "request" ? delivery.query : "";
    const job = { ...request, token: randomBytes(24).toString("hex"), url: `${server.url}/jobs/${id}/token${query}` };
    jobs.set(id, job);
    return job;
  }

  /** Variables whose tokens have the default audience. */
  async function variablesOf({ issuer, claims }: JobRequest): Promise<Record<string, string>> {
    const system = ciSystem(issuer);
    const made = Object.entries(system.variables ?? {}).map(async ([name, change]) => [
      name,
      await sign(issuer, change(jobClaims(system, claims))),
    ]);
    return Object.fromEntries(await Promise.all(made));
  }

  return {
    resolveIssuer: (url) =>
      ciKeyOf(url) === undefined ? undefined : `${server.url}/issuers/${encodeURIComponent(url.replace(/\/$/, ""))}`,
    mint(issuer, given) {
      const aud = hasFixedAudience(issuer) ? {} : { aud: options.audience };
      return sign(issuer, jobClaims(ciSystem(issuer), { ...aud, ...given }));
    },
    async startJob(request) {
      const { issuer, claims, audience, variable = "ID_TOKEN" } = request;
      const system = ciSystem(issuer);
      const { delivery } = system;
      const variables = await variablesOf(request);
      if (delivery.by === "variable") {
        const token = await sign(issuer, askedClaims(system, claims, { audience }));
        return { environment: { [delivery.name ?? variable]: token, ...variables } };
      }
      const { url, token } = register(request);
      if (delivery.by === "request") {
        return { environment: { [delivery.url]: url, [delivery.token]: token, ...variables } };
      }
      return {
        environment: {
          OIDC_RUNNER_LAB_CI_URL: url,
          OIDC_RUNNER_LAB_CI_TOKEN: token,
          OIDC_RUNNER_LAB_CI_CA: options.caFile,
          ...variables,
        },
        path: installCommand(options.directory, issuer, delivery.command),
      };
    },
    describe: () =>
      Object.fromEntries(
        CI_KEYS.map((issuer) => {
          const { claims, delivery } = ciSystem(issuer);
          const address = { issuer: String(claims.iss) };
          if (delivery.by === "variable") {
            return [issuer, address];
          }
          const { url, token } = register({ issuer, claims: {} });
          return [issuer, { ...address, tokenRequestUrl: url, tokenRequestToken: token }];
        }),
      ) as CiDescription,
    stop: () => server.close(),
  };
}

function ciKeyOf(issuerUrl: string): CiKey | undefined {
  const key = issuerOf(issuerUrl)?.key;
  return key !== undefined && isCiKey(key) ? key : undefined;
}

function hasFixedAudience(issuer: CiKey): boolean {
  return issuerByKey(issuer).audience.fixed !== undefined;
}

/** Writes a stand-in of a system's command. Returns its directory. */
function installCommand(directory: string, issuer: CiKey, command: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const script = launcher(process.execPath, join(__dirname, "command.js"), issuer);
  writeFileSync(join(directory, command), script, { mode: 0o700 });
  return directory;
}
