import { readFileSync } from "node:fs";
import { OidcRunnerError } from "../trust";
import type { LabState } from "./types";

export const HOW_TO_START = "start one with `oidc-runner lab up` and source its environment file";

/** A way to a running lab's control. */
export interface ControlConnection {
  /**
   * Sends a value as JSON. Any answer is one, whatever its status.
   *
   * @throws OidcRunnerError `LAB_NOT_FOUND` when there is none
   */
  send(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<{ status: number; text: string }>;
  close(): Promise<void>;
}

/** Connects to the control of a lab, whose state names it. */
export async function connectToControl({ control, ca }: Pick<LabState, "control" | "ca">): Promise<ControlConnection> {
  const { Agent, request } = await import("undici");
  const agent = new Agent(control.url.startsWith("https:") ? { connect: { ca: readFileSync(ca) } } : {});
  return {
    async send(method, path, body) {
      const answer = await request(`${control.url}${path}`, {
        method,
        dispatcher: agent,
        headers: { authorization: `Bearer ${control.token}`, "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      }).catch((cause: Error) => {
        throw new OidcRunnerError("LAB_NOT_FOUND", `the lab does not answer: ${cause.message}`, {
          where: control.url,
          fix: HOW_TO_START,
          cause,
        });
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    },
    close: () => agent.close(),
  };
}
