import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import {
  answerHeaders,
  applyFaults,
  FaultRegistry,
  journalRequests,
  type LabEnvironment,
  RequestJournal,
  type ServerCertificate,
  serveTls,
} from "../../http";
import type { StsContext } from "./context";
import { StsRefusal } from "./refusal";
import { answerQuery } from "./routes";
import { defaultStsSwitches, type StsSwitches } from "./switches";
import { stsDocument, type XmlContent } from "./xml";

/** How to start an STS. */
export interface StsOptions extends Pick<StsContext, "iam" | "sessions" | "keys" | "clock"> {
  /** Valid for 127.0.0.1. */
  certificate: ServerCertificate;
  /** Takes one line of log, without its end. Never gets a token. Default: dropped. */
  log?: (line: string) => void;
  switches?: Partial<StsSwitches>;
}

/** A running STS. All but the first two members are for the lab's control interface. */
export interface Sts {
  /** `https://127.0.0.1:PORT`: the endpoint of every region. */
  url: string;
  stop(): Promise<void>;
  /** May be changed at any time. */
  switches: StsSwitches;
  faults: FaultRegistry;
  journal: RequestJournal;
}

const XML = { "Content-Type": "text/xml" };

/**
 * Starts a stand-in of AWS STS on loopback: the AWS query protocol by POST, with `AssumeRoleWithWebIdentity`, which verifies
 * tokens and trust policies for real, and `GetCallerIdentity`, which verifies signatures for real. Any other operation is
 * refused as `InvalidAction`, and the credentials it hands out are good for nothing but these two.
 */
export async function startSts(options: StsOptions): Promise<Sts> {
  const { iam, sessions, keys, clock, certificate, log = () => undefined } = options;
  const switches = { ...defaultStsSwitches(), ...options.switches };
  const context: StsContext = { iam, sessions, keys, clock, switches, log };
  const faults = new FaultRegistry();
  const journal = new RequestJournal();
  const stopping = new AbortController();
  const app = new Hono<LabEnvironment>()
    .use(answerHeaders(clock), journalRequests(journal, clock), applyFaults(faults, faultBody, stopping.signal))
    .post("/", async (call) => {
      const { action, result } = await answerQuery(context, call);
      const id = randomUUID();
      const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: id } };
      return answer(`${action}Response`, content, 200, id);
    })
    .notFound(() => refusal(new StsRefusal("InvalidAction", 400, "The lab takes requests by POST to / only")))
    .onError((error) => {
      if (error instanceof StsRefusal) {
        return refusal(error);
      }
      // Where, but not the message: it could quote the request.
      const places = (error.stack ?? "").split("\n").filter((text) => text.startsWith("    at "));
      log(`error ${error.name} ${places.slice(0, 3).join(" ")}`);
      return refusal(new StsRefusal("InternalFailure", 500, "The request processing has failed"));
    });
  const server = await serveTls(app.fetch, certificate);
  return {
    url: server.url,
    async stop() {
      stopping.abort();
      await server.close();
    },
    switches,
    faults,
    journal,
  };
}

function refusal({ code, status, message }: StsRefusal): Response {
  const id = randomUUID();
  return answer("ErrorResponse", errorContent(code, status, message, id), status, id);
}

function answer(element: string, content: XmlContent, status: number, id: string): Response {
  return new Response(stsDocument(element, content), { status, headers: { ...XML, "x-amzn-RequestId": id } });
}

function errorContent(code: string, status: number, message: string, id: string): XmlContent {
  return { Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message }, RequestId: id };
}

// Throttling is what clients tell by its code.
function faultBody(_call: Context<LabEnvironment>, status: number): string {
  const code = status === 429 ? "Throttling" : status >= 500 ? "ServiceUnavailable" : "Fault";
  return stsDocument("ErrorResponse", errorContent(code, status, "fault", randomUUID()));
}
