import { Hono } from "hono";
import {
  answerHeaders,
  applyFaults,
  dropConnection,
  type FaultRegistry,
  journalRequests,
  type LabEnvironment,
  type RequestJournal,
} from "../../http";
import { MetadataRefusal } from "./refusal";
import { type Directory, entryAt, type Leaf, listing, recursive } from "./tree";

/** What all metadata servers of a lab share. */
export interface MetadataShared {
  clock: () => number;
  faults: FaultRegistry;
  journal: RequestJournal;
  /** Ends waiting delays when the lab stops. */
  stopped: AbortSignal;
  /** Takes one line of log; never a token. */
  log: (line: string) => void;
}

/**
 * One metadata server: the interface of Compute Engine's as far as the client libraries use it.
 *
 * @param contents the tree as it is at the time of a request.
 * @param ready whether it answers at all by now.
 */
export function metadataApp(shared: MetadataShared, contents: () => Promise<Directory>, ready: () => boolean) {
  const { clock, faults, journal, stopped, log } = shared;
  const app = new Hono<LabEnvironment>();
  app.use(answerHeaders(clock), journalRequests(journal, clock));
  app.use(async (call, next) => {
    if (!ready()) {
      return dropConnection(call);
    }
    await next();
    if (call.get("dropped") !== true) {
      call.header("Metadata-Flavor", "Google");
      call.header("Server", "GKE Metadata Server");
    }
    return undefined;
  });
  app.use(applyFaults(faults, (_call, status) => ({ error: `fault ${status}` }), stopped));
  app.all("*", async (call) => {
    const { pathname, searchParams } = new URL(call.req.url);
    if (call.req.method !== "GET") {
      throw new MetadataRefusal(405, "Only GET is allowed.");
    }
    // A request that was forwarded for somebody else, or that a page made a browser send, is not the pod's own.
    if (call.req.header("X-Forwarded-For") !== undefined) {
      throw new MetadataRefusal(403, "X-Forwarded-For is refused.");
    }
    if (pathname !== "/" && call.req.header("Metadata-Flavor") !== "Google") {
      throw new MetadataRefusal(403, 'Missing required header "Metadata-Flavor": "Google"');
    }
    const entry = entryAt(await contents(), pathname.split("/").filter(Boolean).map(decoded));
    if (entry === undefined) {
      throw new MetadataRefusal(404, `There is no ${pathname}.`);
    }
    if (entry.kind === "leaf") {
      return leafAnswer(entry, searchParams);
    }
    if (searchParams.get("recursive")?.toLowerCase() === "true") {
      return call.json(await recursive(entry));
    }
    if (!pathname.endsWith("/")) {
      return call.redirect(`${pathname}/`, 301);
    }
    return text(listing(entry));
  });
  app.onError((error, call) => {
    const refusal = error instanceof MetadataRefusal ? error : new MetadataRefusal(500, "internal error");
    // Of an inner failure the message stays inside.
    log(`gcp metadata refused ${call.req.path}: ${JSON.stringify(refusal.message.slice(0, 300))}`);
    return call.text(`${refusal.message}\n`, refusal.httpStatus);
  });
  return app;
}

/** A part of a path, left as it is where it can't be decoded. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function leafAnswer(leaf: Leaf, query: URLSearchParams): Promise<Response> {
  const value = await leaf.read(query);
  if (query.get("alt") === "json" && leaf.type === undefined) {
    return text(JSON.stringify(value), "application/json");
  }
  return text(Array.isArray(value) ? value.map((line) => `${line}\n`).join("") : String(value), leaf.type);
}

function text(body: string, type = "application/text"): Response {
  return new Response(body, { headers: { "Content-Type": type } });
}
