export type { RunnerArgs, RunnerMetadata, RunnerSecretKey, RunnerStrategy, RunnerToleration } from "./args";
export { checkRunnerArgs } from "./checks";
export { createRunnerChildren } from "./children";
export { RunnerComponent } from "./component";
export type { CloudIdentity } from "./context";
export { planAfter, planRunner, type RunnerPlan } from "./plan";
export { trustOf } from "./shared-trust";
export { warnDefaultNamespace } from "./warn-default-namespace";
