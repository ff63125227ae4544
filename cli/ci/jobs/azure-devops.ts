import { isMapping, type JobReader, listOf, SAMPLE, sampleOf } from "./job";

interface AzureStep {
  script?: string;
  bash?: string;
  displayName?: string;
  env?: Record<string, string>;
}

/**
 * Pipelines of Azure DevOps (learn.microsoft.com/azure/devops/pipelines/yaml-schema: "trigger" and "pr", read in November 2026). What
 * templates bring in is passed over. `pr` counts for repositories elsewhere; those of Azure Repos have branch policies instead.
 */
export const azureDevopsJobs: JobReader = (document) => {
  const pipeline = document as Record<string, unknown>;
  const starts = [
    ...branchesOf(pipeline.trigger).map((branch) => ({
      event: branch === SAMPLE ? "push to any branch" : `push to ${branch}`,
      subject: { branch: sampleOf(branch) },
    })),
    ...(pipeline.pr === "none"
      ? []
      : [{ event: "pull request", subject: { branch: SAMPLE }, claims: { rpo_ref: "refs/pull/1/merge" } }]),
  ];
  return stepsIn(pipeline).flatMap(({ script, bash, displayName = "a step without a name", env }) => {
    if (!(script ?? bash ?? "").includes("SYSTEM_OIDCREQUESTURI")) {
      return [];
    }
    const isMapped = env?.SYSTEM_ACCESSTOKEN === "$(System.AccessToken)";
    const withoutToken = isMapped ? undefined : "the step does not map $(System.AccessToken) to SYSTEM_ACCESSTOKEN";
    return starts.map((start) => ({ name: displayName, ...start, withoutToken }));
  });
};

/** Without `trigger` every branch starts it, with `none` none does. */
function branchesOf(trigger: unknown): string[] {
  if (trigger === "none") {
    return [];
  }
  const branches = isMapping(trigger) ? trigger.branches : trigger;
  const included = listOf((isMapping(branches) ? branches.include : branches) as string[]);
  return included.length === 0 ? [SAMPLE] : included;
}

function stepsIn(value: unknown): AzureStep[] {
  if (!isMapping(value)) {
    return [];
  }
  const { steps, jobs, stages, strategy, runOnce, deploy } = value;
  const inner = [...listOf(jobs as unknown[]), ...listOf(stages as unknown[]), strategy, runOnce, deploy];
  return [...(listOf(steps as unknown[]).filter(isMapping) as AzureStep[]), ...inner.flatMap(stepsIn)];
}
