import type { Context } from "hono";
import { fingerprint, type LabEnvironment, readText } from "../../http";
import { readClaims } from "../token-signature";
import { assumeRoleWithWebIdentity } from "./assume-role-with-web-identity";
import type { StsContext } from "./context";
import { getCallerIdentity } from "./get-caller-identity";
import { StsRefusal } from "./refusal";
import type { SignedRequest } from "./signature";
import type { XmlContent } from "./xml";

const VERSION = "2011-06-15";

/** What an operation gives: its name, and the content of its result. */
export interface StsAnswer {
  action: string;
  result: XmlContent;
}

/** Does what a request of the AWS query protocol asks for, and writes one line into the lab's log. */
export async function answerQuery(context: StsContext, call: Context<LabEnvironment>): Promise<StsAnswer> {
  const body = await readText(call);
  if (body === undefined) {
    throw new StsRefusal("RequestEntityTooLarge", 400, "Request size exceeds the allowed size");
  }
  const parameters = new URLSearchParams(body);
  const action = parameters.get("Action") ?? "";
  const token = parameters.get("WebIdentityToken") ?? undefined;
  if (token !== undefined) {
    call.set("credential", fingerprint(token));
  }
  try {
    const result = await perform(context, action, parameters, { headers: new Map(call.req.raw.headers), body });
    context.log(await line(action, "allow", token));
    return { action, result };
  } catch (error) {
    if (error instanceof StsRefusal) {
      context.log(await line(action, "deny", token, error));
    }
    throw error;
  }
}

async function perform(
  context: StsContext,
  action: string,
  parameters: URLSearchParams,
  request: SignedRequest,
): Promise<XmlContent> {
  const version = parameters.get("Version") ?? "NO_VERSION_SPECIFIED";
  if (version === VERSION && action === "AssumeRoleWithWebIdentity") {
    return assumeRoleWithWebIdentity(context, parameters);
  }
  if (version === VERSION && action === "GetCallerIdentity") {
    return getCallerIdentity(context, request);
  }
  const message = `Could not find operation ${action || "UnknownOperationException"} for version ${version}`;
  throw new StsRefusal("InvalidAction", 400, message);
}

/** Issuer, subject and action are what the caller says, believed or not: quoted and cut. */
async function line(action: string, decision: string, token?: string, refusal?: StsRefusal): Promise<string> {
  const claims = token === undefined ? undefined : await readClaims(token);
  const quoted = (text: unknown) => JSON.stringify(String(text).slice(0, 200));
  return [
    `sts action=${quoted(action)} decision=${decision}`,
    ...(refusal === undefined ? [] : [`code=${refusal.code} message=${quoted(refusal.message)}`]),
    ...(refusal?.detail === undefined ? [] : [`detail=${quoted(refusal.detail)}`]),
    ...(claims === undefined ? [] : [`issuer=${quoted(claims.iss)} sub=${quoted(claims.sub)}`]),
    ...(token === undefined ? [] : [`token=sha256:${fingerprint(token)}`]),
  ].join(" ");
}
