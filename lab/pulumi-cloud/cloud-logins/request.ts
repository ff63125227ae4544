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

/** A request of a cloud, whatever it answers. */
export async function post(
  { ca }: LoginContext,
  url: string,
  body: string,
  type: string,
  bearer?: string,
): Promise<{ status: number; text: string }> {
  const { Agent, request } = await import("undici");
  const agent = new Agent({ connect: { ca } });
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const headers = { "content-type": type, ...authorization };
  try {
    const answer = await request(url, { method: "POST", dispatcher: agent, headers, body });
    return { status: answer.statusCode, text: await answer.body.text() };
  } finally {
    await agent.destroy();
  }
}
