import type { CloudAddresses, CloudContext } from "../context";

/** What logins need of Pulumi Cloud. */
export type LoginContext = Pick<CloudContext, "issuer" | "clouds" | "ca">;

/** @throws Error where there are no clouds */
export function cloudsOf(context: LoginContext): CloudAddresses {
  const addresses = context.clouds();
  if (addresses === undefined) {
    throw new Error("this Pulumi Cloud reaches no clouds");
  }
  return addresses;
}

/** Sends a form, or an object as JSON, and returns what a cloud answers, whatever that is. */
export async function post(
  { ca }: LoginContext,
  url: string,
  content: URLSearchParams | object,
  bearer?: string,
): Promise<{ status: number; text: string }> {
  const { Agent, request } = await import("undici");
  const agent = new Agent({ connect: { ca } });
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const [type, body] =
    content instanceof URLSearchParams
      ? ["application/x-www-form-urlencoded", content.toString()]
      : ["application/json", JSON.stringify(content)];
  const headers = { "content-type": type, ...authorization };
  try {
    const answer = await request(url, { method: "POST", dispatcher: agent, headers, body });
    return { status: answer.statusCode, text: await answer.body.text() };
  } finally {
    await agent.destroy();
  }
}
