import { Hono } from "hono";
import { type LabEnvironment, type ServerCertificate, startService } from "../../http";
import type { GcpIam } from "../iam";
import type { IdTokens } from "../oauth";
import type { RunAddress, RunServiceInput } from "../run-services";
import { invoke } from "./invoker";
import type { RunSwitches } from "./switches";

/** What Cloud Run's services are served with. */
export interface RunOptions {
  certificate: ServerCertificate;
  /** Milliseconds since the epoch. */
  clock: () => number;
  iam: GcpIam;
  idTokens: IdTokens;
  switches: RunSwitches;
  /** Takes one line of log; never a token. */
  log: (line: string) => void;
}

/**
 * Serves a Cloud Run service at an address of its own, behind the check of who may invoke it. There is no container: what is let in
 * is answered with 200 and who called.
 *
 * Where a request has both headers, `X-Serverless-Authorization` alone counts (Cloud Run documentation, "Authenticating service-to-service").
 */
export function serveRunService(
  options: RunOptions,
  { name }: RunServiceInput & { name: string },
): Promise<RunAddress> {
  const { certificate, clock, iam, idTokens, switches, log } = options;
  const routes = new Hono<LabEnvironment>().all("*", async (call) => {
    const header = call.req.header("X-Serverless-Authorization") ?? call.req.header("Authorization");
    const [, token] = /^Bearer (\S+)$/i.exec(header ?? "") ?? [];
    const invocation = await invoke(iam.services.get(name), token, { iam, idTokens, switches, now: clock() });
    if ("caller" in invocation) {
      return call.json({ msg: "hello-exposed", caller: invocation.caller ?? null });
    }
    const { refused } = invocation;
    log(`gcp run refused with ${refused} to invoke ${name}`);
    return call.html(page(refused, call.req.path), refused);
  });
  return startService({ certificate, clock, routes, errorBody: (status) => ({ error: { code: status } }) });
}

/** The pages of Google's front end (401: google/adk-python#3814; 403: datacommonsorg/docsite#463), in which no path is markup. */
function page(status: 401 | 403, path: string): string {
  const where = path.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  const [title, text] =
    status === 401
      ? ["Unauthorized", `Your client does not have permission to the requested URL <code>${where}</code>.`]
      : ["Forbidden", `Your client does not have permission to get URL <code>${where}</code> from this server.`];
  return [
    "",
    "<html><head>",
    '<meta http-equiv="content-type" content="text/html;charset=utf-8">',
    `<title>${status} ${title}</title>`,
    "</head>",
    "<body text=#000000 bgcolor=#ffffff>",
    `<h1>Error: ${title}</h1>`,
    `<h2>${text}</h2>`,
    "<h2></h2>",
    "</body></html>",
    "",
  ].join("\n");
}
