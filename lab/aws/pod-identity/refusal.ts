import { randomUUID } from "node:crypto";

/** A refusal of the EKS Pod Identity agent: one line of text, as its clients get it. */
export class AgentRefusal extends Error {
  /**
   * @param detail what else there is to say, for the lab's log; holds no token
   */
  constructor(
    readonly status: 400 | 403 | 404 | 500,
    message: string,
    readonly detail?: string,
  ) {
    super(message);
    this.name = "AgentRefusal";
  }
}

/** What the agent makes of an error of EKS Auth: request id, code, words and whose fault it is (its `pkg/errors`). */
export function eksAuthError(code: string, status: 400 | 404, words: string, detail?: string): AgentRefusal {
  return new AgentRefusal(status, `[${randomUUID()}]: (${code}): ${words}, fault: client`, detail);
}
