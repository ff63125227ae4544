import type { Hono } from "hono";
import { equalSecrets, type ServerCertificate, serveTls } from "../http";
import type { PulumiCloud } from "../pulumi-cloud";
import type { LabClock } from "./clock";
import { clockRoutes } from "./clock-routes";
import { faultRoutes } from "./fault-routes";
import { pulumiCloudRoutes } from "./pulumi-cloud-routes";
import { controlApp } from "./validated";

/** How to start the control interface. */
export interface ControlOptions {
  /** Bearer token every request must carry. */
  token: string;
  /** Valid for 127.0.0.1. */
  certificate: ServerCertificate;
  clock: LabClock;
  pulumiCloud: PulumiCloud;
  /** Further applications by the path they are mounted at, such as `/resources`. They share the bearer token. */
  mounts?: Record<string, Hono>;
}

/** The running control interface. */
export interface Control {
  /** `https://127.0.0.1:PORT`. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts the control interface of a lab: for tests and for the lab's own parts, on a server of its own so that nothing
 * of it can be mistaken for the service. Routes: `/clock`, `/pulumi-cloud`, `/faults` (those of Pulumi Cloud), and the
 * mounts.
 */
export async function startControl(options: ControlOptions): Promise<Control> {
  const app = controlApp();
  app.use(async (call, next) => {
    const [, token] = /^Bearer (\S+)$/i.exec(call.req.header("Authorization") ?? "") ?? [];
    if (token === undefined || !equalSecrets(token, options.token)) {
      return call.json({ error: "the control token is missing or wrong" }, 401);
    }
    return next();
  });
  app.route("/clock", clockRoutes(options.clock));
  app.route("/faults", faultRoutes(options.pulumiCloud.faults));
  app.route("/pulumi-cloud", pulumiCloudRoutes(options.pulumiCloud));
  for (const [path, mount] of Object.entries(options.mounts ?? {})) {
    app.route(path, mount);
  }
  app.notFound((call) => call.json({ error: "no such route" }, 404));
  const server = await serveTls(app.fetch, options.certificate);
  return { url: server.url, stop: () => server.close() };
}
