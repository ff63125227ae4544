import { OidcRunnerError } from "../../../trust";
import { checkCount } from "../pod";

/** What a customer-managed workflow agent takes on, by the names its `enabled_workflow_types` has. */
export type AgentWorkflow = "deployment" | "insights_scan" | "policy_evaluation";

const WORKFLOWS: readonly string[] = ["deployment", "insights_scan", "policy_evaluation"] satisfies AgentWorkflow[];

/** Settings of the agent's Deployment, and of the agent; lengths of time are as Go writes them, such as `1m30s`. */
export interface AgentOptions {
  /** Default: 1. */
  replicas?: number;
  /** Default: all. */
  enabledWorkflowTypes?: AgentWorkflow[];
  numCpus?: number;
  memQuantity?: number;
  singleRun?: boolean;
  pollingInterval?: string;
  pollingIntervalOverride?: boolean;
  jobStatusLoopInterval?: string;
  requestTimeout?: string;
  requestRetryCount?: number;
  requestRetryWait?: string;
  requestRetryMaxWait?: string;
  circuitBreakerFailures?: number;
  circuitBreakerTimeout?: string;
  /** Default: {@link DEFAULT_HTTP_SERVER_PORT}. */
  httpServerPort?: number;
  healthThreshold?: string;
}

/** The agent's own default. */
export const DEFAULT_HTTP_SERVER_PORT = 8080;

type Kind = "amount" | "count" | "port" | "flag" | "duration";

/**
 * Settings that the agent takes as environment variables of their names (pulumi/docs at 99a01f666e9f,
 * content/docs/administration/concepts/customer-managed-runners.md, "Configuration reference"; CPUs and memory:
 * pulumi/customer-managed-workflow-agent at f168e78cc2f3, kubernetes/agent.ts). Left out are those of other deploy targets
 * (`env_forward_allowlist` and `pull_image` of Docker, `ecs`), and `syslog`, which a pod does not have.
 */
const SETTINGS = {
  numCpus: "amount",
  memQuantity: "amount",
  singleRun: "flag",
  pollingInterval: "duration",
  pollingIntervalOverride: "flag",
  jobStatusLoopInterval: "duration",
  requestTimeout: "duration",
  requestRetryCount: "count",
  requestRetryWait: "duration",
  requestRetryMaxWait: "duration",
  circuitBreakerFailures: "count",
  circuitBreakerTimeout: "duration",
  httpServerPort: "port",
  healthThreshold: "duration",
} as const satisfies Partial<Record<keyof AgentOptions, Kind>>;

const RULES: Record<Kind, { holds: (value: unknown) => boolean; fix: string }> = {
  amount: { holds: (value) => typeof value === "number" && value > 0, fix: "give a number above 0" },
  count: { holds: (value) => Number.isInteger(value) && Number(value) >= 0, fix: "give a whole number, at least 0" },
  port: {
    holds: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
    fix: "give a port, 1 to 65535",
  },
  flag: { holds: (value) => typeof value === "boolean", fix: "give true or false" },
  duration: {
    holds: (value) => /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(String(value)) && /[1-9]/.test(String(value)),
    fix: 'give a length of time as Go writes it, such as "30s" or "1h30m"',
  },
};

/**
 * Refuses settings that the agent or the API server would refuse only after the policy exists.
 *
 * @throws OidcRunnerError `AGENT_INVALID`
 */
export function checkAgentOptions(options: AgentOptions): void {
  checkCount("AGENT_INVALID", "agent", options, { replicas: 0 });
  for (const [name, kind] of Object.entries(SETTINGS) as [keyof typeof SETTINGS, Kind][]) {
    const value = options[name];
    const { holds, fix } = RULES[kind];
    if (value !== undefined && !holds(value)) {
      const details = { where: `agent.${name}`, fix: `${fix}, or leave it out` };
      throw new OidcRunnerError("AGENT_INVALID", `${name} can't be ${JSON.stringify(value)}`, details);
    }
  }
  const { enabledWorkflowTypes } = options;
  const where = "agent.enabledWorkflowTypes";
  const fix = `use some of ${WORKFLOWS.join(", ")}, or leave it out`;
  if (enabledWorkflowTypes?.length === 0) {
    throw new OidcRunnerError("AGENT_INVALID", "an agent for no workflow would take on nothing", { where, fix });
  }
  const unknown = enabledWorkflowTypes?.find((type) => !WORKFLOWS.includes(type));
  if (unknown !== undefined) {
    throw new OidcRunnerError("AGENT_INVALID", `"${String(unknown)}" is not a type of workflow`, { where, fix });
  }
}

/** The agent's settings as environment variables, by the names it has for them. */
export function agentSettings(options: AgentOptions): Record<string, string> {
  const given = { ...options, httpServerPort: options.httpServerPort ?? DEFAULT_HTTP_SERVER_PORT };
  const names = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];
  return Object.fromEntries(
    names
      .filter((name) => given[name] !== undefined)
      .map((name) => [`PULUMI_AGENT_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`, String(given[name])]),
  );
}
