import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import type { Fault, FaultRegistry } from "./faults";
import { fingerprint } from "./fingerprint";
import type { RequestJournal } from "./journal";

/** What the servers of the lab keep beside a request. */
export interface LabVariables {
  /** Fingerprint of the credential presented. */
  credential?: string;
  /** Kind of the fault that hit the request. */
  fault?: string;
  /** The connection was dropped on purpose: there is no answer. */
  dropped?: boolean;
}

/** Hono's environment for a server that uses the middleware below. */
export interface LabEnvironment {
  Bindings: HttpBindings;
  Variables: LabVariables;
}

/**
 * `Date` by the lab's clock on every answer, because clients tell clock skew from it, and a request id, which clients
 * print beside a server's error.
 *
 * @param requestIdHeader what the service calls its request ids; without it there are none.
 */
export function answerHeaders(clock: () => number, requestIdHeader?: string): MiddlewareHandler<LabEnvironment> {
  return async (context, next) => {
    await next();
    if (context.get("dropped") !== true) {
      context.header("Date", new Date(clock()).toUTCString());
      if (requestIdHeader !== undefined) {
        context.header(requestIdHeader, randomUUID());
      }
    }
  };
}

/** Writes every request to the journal once its answer is known. */
export function journalRequests(journal: RequestJournal, clock: () => number): MiddlewareHandler<LabEnvironment> {
  return async (context, next) => {
    const header = context.req.header("Authorization");
    if (header !== undefined) {
      context.set("credential", fingerprint(header.slice(header.indexOf(" ") + 1)));
    }
    await next();
    const { credential, fault, dropped } = context.var;
    journal.add({
      time: new Date(clock()).toISOString(),
      method: context.req.method,
      path: context.req.path,
      status: dropped === true ? 0 : context.res.status,
      ...(credential === undefined ? {} : { credential }),
      ...(fault === undefined ? {} : { fault }),
    });
  };
}

/**
 * Applies the faults set on a server.
 *
 * @param answer body of a `status` fault, in the shape the server gives its errors: an object as JSON, or a text of XML.
 * @param stopped ends waiting delays when the server stops.
 */
export function applyFaults(
  faults: FaultRegistry,
  answer: (context: Context<LabEnvironment>, status: number) => unknown,
  stopped: AbortSignal,
): MiddlewareHandler<LabEnvironment> {
  return async (context, next) => {
    const fault = faults.take(context.req.method, context.req.path);
    if (fault === undefined) {
      return next();
    }
    context.set("fault", fault.kind);
    if (fault.delayMs !== undefined && !(await waited(fault.delayMs, stopped))) {
      return dropConnection(context);
    }
    switch (fault.kind) {
      case "delay":
        return next();
      case "status":
        return refuse(context, fault, answer);
      case "reset-before":
        return dropConnection(context);
      case "reset-after":
        await next();
        context.res = dropConnection(context);
        return;
      case "rewrite":
        await next();
        context.res = await rewritten(context.res, fault);
        return;
    }
  };
}

async function rewritten(answer: Response, { rewrite }: Fault): Promise<Response> {
  const text = rewrite?.(await answer.text()) ?? "";
  // An answer without a body can't get one.
  return new Response(text === "" ? null : text, {
    status: answer.status === 204 && text !== "" ? 200 : answer.status,
  });
}

async function waited(ms: number, stopped: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal: stopped });
    return true;
  } catch {
    return false;
  }
}

function refuse(
  context: Context<LabEnvironment>,
  fault: Fault,
  answer: (context: Context<LabEnvironment>, status: number) => unknown,
): Response {
  const status = fault.status ?? 500;
  const body = answer(context, status);
  const isText = typeof body === "string";
  const headers = { "Content-Type": isText ? "text/xml" : "application/json", ...fault.headers };
  return new Response(isText ? body : JSON.stringify(body), { status, headers });
}

/** Closes the connection of a request in place of an answer. */
export function dropConnection(context: Context<LabEnvironment>): Response {
  context.set("dropped", true);
  context.env.incoming.socket.destroy();
  // Tells node-server to write nothing. A new object each time: Hono adds headers to it.
  return new Response(null, { headers: { "x-hono-already-sent": "true" } });
}
