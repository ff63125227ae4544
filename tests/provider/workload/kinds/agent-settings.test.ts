import assert from "node:assert/strict";
import {
  type AgentOptions,
  agentSettings,
  checkAgentOptions,
} from "../../../../provider/workload/kinds/agent-settings";
import { refused } from "../../../helpers/refused";

describe("provider/workload/kinds/agent-settings", () => {
  it("takes any number of agents, for some of the workflows", () => {
    const durations = ["1m", "1h30m", "0.5s", "300ms", "1m0s"].map((pollingInterval) => ({ pollingInterval }));
    const others = [{ replicas: 0 }, { enabledWorkflowTypes: ["deployment", "insights_scan"] }, { numCpus: 0.25 }];
    for (const options of [{}, ...others, ...durations, { httpServerPort: 65_535 }, { requestRetryCount: 0 }]) {
      checkAgentOptions(options as AgentOptions);
    }
  });

  for (const [options, where] of [
    [{ replicas: -1 }, "replicas"],
    [{ enabledWorkflowTypes: [] }, "enabledWorkflowTypes"],
    [{ enabledWorkflowTypes: ["deployment", "deployments"] }, "enabledWorkflowTypes"],
    [{ pollingInterval: "60" }, "pollingInterval"],
    [{ pollingInterval: "1 m" }, "pollingInterval"],
    [{ requestTimeout: "0s" }, "requestTimeout"],
    [{ requestTimeout: "-1s" }, "requestTimeout"],
    [{ healthThreshold: "1d" }, "healthThreshold"],
    [{ httpServerPort: 0 }, "httpServerPort"],
    [{ httpServerPort: 65_536 }, "httpServerPort"],
    [{ numCpus: 0 }, "numCpus"],
    [{ memQuantity: "4Gi" }, "memQuantity"],
    [{ circuitBreakerFailures: 1.5 }, "circuitBreakerFailures"],
    [{ singleRun: "yes" }, "singleRun"],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      refused(() => checkAgentOptions(options as never), "AGENT_INVALID", `agent.${where}`);
    });
  }

  it("gives the agent each setting by its own name [0.10]", () => {
    assert.deepEqual(agentSettings({ replicas: 2 }), { PULUMI_AGENT_HTTP_SERVER_PORT: "8080" });
    const all: Required<Omit<AgentOptions, "replicas" | "enabledWorkflowTypes">> = {
      ...{ numCpus: 2, memQuantity: 4, singleRun: true, pollingInterval: "30s", pollingIntervalOverride: false },
      ...{ jobStatusLoopInterval: "15s", requestTimeout: "1m", requestRetryCount: 0, requestRetryWait: "5s" },
      ...{ requestRetryMaxWait: "1m", circuitBreakerFailures: 3, circuitBreakerTimeout: "5m" },
      ...{ httpServerPort: 9090, healthThreshold: "10m" },
    };
    assert.deepEqual(agentSettings(all), {
      PULUMI_AGENT_NUM_CPUS: "2",
      PULUMI_AGENT_MEM_QUANTITY: "4",
      PULUMI_AGENT_SINGLE_RUN: "true",
      PULUMI_AGENT_POLLING_INTERVAL: "30s",
      PULUMI_AGENT_POLLING_INTERVAL_OVERRIDE: "false",
      PULUMI_AGENT_JOB_STATUS_LOOP_INTERVAL: "15s",
      PULUMI_AGENT_REQUEST_TIMEOUT: "1m",
      PULUMI_AGENT_REQUEST_RETRY_COUNT: "0",
      PULUMI_AGENT_REQUEST_RETRY_WAIT: "5s",
      PULUMI_AGENT_REQUEST_RETRY_MAX_WAIT: "1m",
      PULUMI_AGENT_CIRCUIT_BREAKER_FAILURES: "3",
      PULUMI_AGENT_CIRCUIT_BREAKER_TIMEOUT: "5m",
      PULUMI_AGENT_HTTP_SERVER_PORT: "9090",
      PULUMI_AGENT_HEALTH_THRESHOLD: "10m",
    });
  });
});
