import { readFileSync } from "node:fs";
import { OidcRunnerError } from "../trust";
import { givenClaims } from "./ci/systems";
import type { LabState } from "./types";

/**
 * A token of a CI system, signed by a running lab: that of the system's example job, with other claims where some are given.
 *
 * @param claims `NAME=VALUE` each; see `givenClaims`
 * @throws OidcRunnerError `LAB_UNKNOWN_ISSUER`, `LAB_UNKNOWN_CLAIM`, `INPUT_INVALID`, `LAB_NOT_FOUND`
 */
export async function mintToken(
  { control, ca }: Pick<LabState, "control" | "ca">,
  issuer: string,
  claims: readonly string[],
): Promise<string> {
  const body = JSON.stringify(givenClaims(issuer, claims));
  const { Agent, request } = await import("undici");
  const agent = new Agent({ connect: { ca: readFileSync(ca) } });
  try {
    const answer = await request(`${control.url}/ci/token`, {
      method: "POST",
      dispatcher: agent,
      headers: { authorization: `Bearer ${control.token}`, "content-type": "application/json" },
      body,
    });
    if (answer.statusCode !== 200) {
      throw new Error(`it answered HTTP ${answer.statusCode}`);
    }
    return ((await answer.body.json()) as { token: string }).token;
  } catch (cause) {
    throw new OidcRunnerError("LAB_NOT_FOUND", `the lab does not sign: ${(cause as Error).message}`, {
      where: control.url,
      fix: "start one with 'oidc-runner lab up'",
      cause,
    });
  } finally {
    await agent.close();
  }
}
