import { isMapping, type JobReader, listOf, SAMPLE, sampleOf } from "./job";

interface CommandStep {
  label?: string;
  key?: string;
  command?: string | string[];
  commands?: string | string[];
  branches?: string;
}

/** Pipelines of Buildkite (buildkite/docs at 06eab4b8, pages/pipelines/configure/step_types/command_step.md). */
export const buildkiteJobs: JobReader = (document) => {
  const steps = isMapping(document) ? document.steps : document;
  return flat(listOf(steps as unknown[])).flatMap((step) => {
    const text = [...listOf(step.commands), ...listOf(step.command)].join("\n");
    if (!/buildkite-agent oidc request-token/.test(text)) {
      return [];
    }
    const [, quotes, audience] = /--audience[ =](["']?)([^"'\s]+)\1/.exec(text) ?? [];
    const [, claims = ""] = /--claim[ =]["']?([\w,]+)/.exec(text) ?? [];
    const lacks = ["organization_id", "pipeline_id"].filter((claim) => !claims.split(",").includes(claim));
    const branches = (step.branches ?? "").split(/\s+/).filter((pattern) => pattern !== "" && !pattern.startsWith("!"));
    const found = {
      name: step.label ?? step.key ?? "a step without a label",
      lacks,
      audience: quotes === undefined ? undefined : audience,
    };
    return branches.length === 0
      ? [{ ...found, event: "build of any branch", subject: { branch: SAMPLE } }]
      : branches.map((branch) => ({ ...found, event: `build of ${branch}`, subject: { branch: sampleOf(branch) } }));
  });
};

/** Steps, also those in groups. */
function flat(steps: readonly unknown[]): CommandStep[] {
  return steps
    .filter(isMapping)
    .flatMap((step) => ("group" in step ? flat(listOf(step.steps as unknown[])) : [step as CommandStep]));
}
