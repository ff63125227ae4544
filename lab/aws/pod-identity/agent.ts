import { Hono } from "hono";
import {
  answerHeaders,
  applyFaults,
  FaultRegistry,
  fingerprint,
  journalRequests,
  type LabEnvironment,
  RequestJournal,
  serveHttp,
} from "../../http";
import { LAB_ACCOUNT_ID } from "../arn";
import { readClaims } from "../token-signature";
import { assumeRoleForPod, type PodIdentityContext } from "./assume-role-for-pod";
import { AgentRefusal } from "./refusal";

/** How to start an agent. */
export interface PodIdentityAgentOptions extends PodIdentityContext {
  /** Takes one line of log, without its end. Never gets a token. Default: dropped. */
  log?: (line: string) => void;
}

/** A running agent. */
export interface PodIdentityAgent {
  /** `http://127.0.0.1:PORT/v1/credentials`. */
  url: string;
  faults: FaultRegistry;
  journal: RequestJournal;
  stop(): Promise<void>;
}

/**
 * Where the agent is on EKS' nodes, by IPv4 and IPv6. These link-local addresses can't be served in the lab: there a
 * variable of a pod with exactly one of these values gets the stand-in's URL.
 */
export const AGENT_URLS = ["http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials"];

const PATH = "/v1/credentials";

/**
 * Starts a stand-in of one EKS cluster's Pod Identity agent on loopback, and of EKS Auth behind it: `GET /v1/credentials`
 * with the pod's token as the header `Authorization`, without a scheme. In two points it is not like the agent: it listens on
 * another address, so it can't refuse who calls it by a wrong one, and it caches nothing.
 */
export async function startPodIdentityAgent(options: PodIdentityAgentOptions): Promise<PodIdentityAgent> {
  const { clock, log = () => undefined } = options;
  const faults = new FaultRegistry();
  const journal = new RequestJournal();
  const stopping = new AbortController();
  const app = new Hono<LabEnvironment>()
    .use(answerHeaders(clock))
    .use(
      journalRequests(journal, clock),
      applyFaults(faults, () => ({}), stopping.signal),
    )
    // The agent looks at no method.
    .all(PATH, async (call) => {
      const token = call.req.header("Authorization") ?? "";
      call.set("credential", fingerprint(token));
      try {
        const { accessKeyId, secretAccessKey, sessionToken, expiration } = await assumeRoleForPod(options, token);
        log(await line(options.clusterName, "allow", token));
        return call.json({
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          Token: sessionToken,
          AccountId: LAB_ACCOUNT_ID,
          Expiration: expiration.toISOString().replace(".000Z", "Z"),
        });
      } catch (error) {
        if (!(error instanceof AgentRefusal)) {
          throw error;
        }
        log(await line(options.clusterName, "deny", token, error));
        return call.text(`${error.message}\n`, error.status);
      }
    })
    .notFound((call) => call.text("404 page not found\n", 404))
    // The message stays inside: it could quote the request.
    .onError((_error, call) => call.text("internal error\n", 500));
  const server = await serveHttp(app.fetch);
  return {
    url: `${server.url}${PATH}`,
    faults,
    journal,
    async stop() {
      stopping.abort();
      await server.close();
    },
  };
}

/** Subject and issuer are what the token says, believed or not: quoted and cut. */
async function line(cluster: string, decision: string, token: string, refusal?: AgentRefusal): Promise<string> {
  const claims = await readClaims(token);
  const quoted = (text: unknown) => JSON.stringify(String(text).slice(0, 200));
  return [
    `pod-identity cluster=${cluster} decision=${decision}`,
    ...(refusal === undefined ? [] : [`message=${quoted(refusal.message)}`]),
    ...(refusal?.detail === undefined ? [] : [`detail=${quoted(refusal.detail)}`]),
    ...(claims === undefined ? [] : [`issuer=${quoted(claims.iss)} sub=${quoted(claims.sub)}`]),
    `token=sha256:${fingerprint(token)}`,
  ].join(" ");
}
