import { runDeployments } from "./deployments";
import { runEnvironments } from "./environments";
import { runJob } from "./job";
import { runPipelines } from "./pipelines";
import { runRequests } from "./requests";
import type { ExampleResult, Run } from "./run";

/** Brings an example up with the real CLI, and shows what it is an example of. */
export function runExample(run: Run): Promise<ExampleResult> {
  const { pipeline, environments, deployments, requests } = run.example;
  if (pipeline !== undefined) return runPipelines(run, pipeline);
  if (environments !== undefined) return runEnvironments(run, environments);
  if (deployments !== undefined) return runDeployments(run, deployments);
  if (requests !== undefined) return runRequests(run, requests);
  return runJob(run);
}
