import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { fingerprint, type LabEnvironment } from "../../http";
import type { CloudContext } from "../context";
import { ExchangeRefusal, type OAuthErrorCode, oauthErrorBody } from "../errors";
import { exchange } from "./exchange";
import { ReplayMemory } from "./replay-memory";
import { parseExchangeRequest, readParameters } from "./request";
import { decodeSubjectToken } from "./verify-subject-token";

/** `POST /api/oauth/token` (RFC 8693). */
export function exchangeRoute(context: CloudContext): Hono<LabEnvironment> {
  const replays = new ReplayMemory();
  return new Hono<LabEnvironment>().post("/api/oauth/token", async (call) => {
    // RFC 6749 §5.1: answers that hold tokens must not be kept.
    call.header("Cache-Control", "no-store");
    let subjectToken: string | undefined;
    try {
      const parameters = await readParameters(call);
      subjectToken = parameters.get("subject_token");
      if (subjectToken !== undefined) {
        call.set("credential", fingerprint(subjectToken));
      }
      const body = await exchange(context, replays, parseExchangeRequest(parameters));
      context.log(await line("allow", "ALLOWED", subjectToken));
      return call.json(body);
    } catch (error) {
      if (!(error instanceof ExchangeRefusal)) {
        throw error;
      }
      context.log(await line("deny", error.reason, subjectToken, error.detail));
      const body = oauthErrorBody(error.code, context.switches.emptyErrorDescriptions, error.description);
      return call.json(body, statusOf(error.code, context));
    }
  });
}

function statusOf(code: OAuthErrorCode, context: CloudContext): ContentfulStatusCode {
  if (code === "server_error") {
    return 500;
  }
  return code === "access_denied" ? context.switches.deniedStatus : 400;
}

/** One line of the log per exchange. Issuer and subject are what the token says, believed or not: quoted and cut. */
async function line(decision: string, reason: string, token: string | undefined, detail?: string): Promise<string> {
  const claims =
    token === undefined
      ? {}
      : await decodeSubjectToken(token).then(
          (decoded) => decoded.claims,
          () => ({}),
        );
  const { iss, sub } = claims as { iss?: unknown; sub?: unknown };
  return [
    `exchange decision=${decision} reason=${reason}`,
    ...(detail === undefined ? [] : [`detail=${quoted(detail)}`]),
    ...(typeof iss === "string" ? [`issuer=${quoted(iss)}`] : []),
    ...(typeof sub === "string" ? [`sub=${quoted(sub)}`] : []),
    ...(token === undefined ? [] : [`token=sha256:${fingerprint(token)}`]),
  ].join(" ");
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
