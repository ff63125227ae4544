import { OidcRunnerError } from "../errors";
import { checkCount } from "./check-count";

/** What a customer-managed workflow agent takes on, by the names its `enabled_workflow_types` has. */
export type AgentWorkflow = "deployment" | "insights_scan" | "policy_evaluation";

const WORKFLOWS: readonly string[] = ["deployment", "insights_scan", "policy_evaluation"] satisfies AgentWorkflow[];

/** Settings of the agent's Deployment, and of the agent. */
export interface AgentOptions {
  /** Default: 1. */
  replicas?: number;
  /** Default: all. */
  enabledWorkflowTypes?: AgentWorkflow[];
}

/**
 * Refuses settings that the agent or the API server would refuse only after the policy exists.
 *
 * @throws OidcRunnerError `AGENT_INVALID`
 */
export function checkAgentOptions(options: AgentOptions): void {
  checkCount("AGENT_INVALID", "deploymentAgent", options, { replicas: 0 });
  const { enabledWorkflowTypes } = options;
  const where = "deploymentAgent.enabledWorkflowTypes";
  const fix = `use some of ${WORKFLOWS.join(", ")}, or leave it out`;
  if (enabledWorkflowTypes?.length === 0) {
    throw new OidcRunnerError("AGENT_INVALID", "an agent for no workflow would take on nothing", { where, fix });
  }
  const unknown = enabledWorkflowTypes?.find((type) => !WORKFLOWS.includes(type));
  if (unknown !== undefined) {
    throw new OidcRunnerError("AGENT_INVALID", `"${String(unknown)}" is no type of workflow`, { where, fix });
  }
}
