export { type AgentOptions, type AgentWorkflow, checkAgentOptions } from "./agent-settings";
export { AGENT_RULES, agentData, agentPodTemplate } from "./agent-template";
export { type ConcurrencyPolicy, type CronJobOptions, checkCronJobOptions, cronJobSpec } from "./cron-job";
export {
  checkDeploymentOptions,
  type DeploymentOptions,
  deploymentSpec,
  deploymentWaitSeconds,
  type IntOrString,
  type StrategyType,
} from "./deployment";
export { checkJobOptions, type JobOptions, jobSpec } from "./job";
export { jobWaitSeconds } from "./job-wait";
export { RUN_INPUTS_ANNOTATION, runInputsDigest } from "./run-again";
