import { type AgentOptions, checkAgentOptions } from "../../../provider/workload/agent-settings";
import { refused } from "../../helpers/refused";

describe("provider/workload/agent-settings", () => {
  it("takes any number of agents, for some of the workflows", () => {
    for (const options of [{}, { replicas: 0 }, { enabledWorkflowTypes: ["deployment", "insights_scan"] }]) {
      checkAgentOptions(options as AgentOptions);
    }
  });

  for (const [options, where] of [
    [{ replicas: -1 }, "replicas"],
    [{ enabledWorkflowTypes: [] }, "enabledWorkflowTypes"],
    [{ enabledWorkflowTypes: ["deployment", "deployments"] }, "enabledWorkflowTypes"],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      refused(() => checkAgentOptions(options as never), "AGENT_INVALID", `deploymentAgent.${where}`);
    });
  }
});
