import { type Context, Hono } from "hono";
import { FaultRegistry } from "./faults";
import { RequestJournal } from "./journal";
import { answerHeaders, applyFaults, journalRequests, type LabEnvironment } from "./middleware";
import { type ServerCertificate, serveTls } from "./tls-server";

/** How to start a service. */
export interface ServiceOptions {
  /** Valid for 127.0.0.1. */
  certificate: ServerCertificate;
  /** Milliseconds since the epoch. */
  clock: () => number;
  routes: Hono<LabEnvironment>;
  /** Body of a fault's status and of an inner failure, in the service's own form. */
  errorBody: (status: number) => object;
}

/** A running service. */
export interface Service {
  /** `https://127.0.0.1:PORT`. */
  url: string;
  faults: FaultRegistry;
  journal: RequestJournal;
  stop(): Promise<void>;
}

/** Serves one service over HTTPS, with the faults and the journal that all servers of the lab have. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { certificate, clock, routes, errorBody } = options;
  const faults = new FaultRegistry();
  const journal = new RequestJournal();
  const stopping = new AbortController();
  const app = new Hono<LabEnvironment>()
    .use(answerHeaders(clock), journalRequests(journal, clock))
    .use(applyFaults(faults, (_call, status) => errorBody(status), stopping.signal))
    .route("/", routes)
    .notFound((call) => call.json(errorBody(404), 404))
    // The message stays inside: it could quote the request.
    .onError((_error, call: Context) => call.json(errorBody(500), 500));
  const server = await serveTls(app.fetch, certificate);
  return {
    url: server.url,
    faults,
    journal,
    async stop() {
      stopping.abort();
      await server.close();
    },
  };
}
