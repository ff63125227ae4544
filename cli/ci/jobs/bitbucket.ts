import { entriesOf, type FoundJob, isMapping, type JobReader, listOf, SAMPLE, sampleOf } from "./job";

interface BitbucketStep {
  name?: string;
  oidc?: boolean | { audiences?: string[] };
  deployment?: string;
  script?: unknown[];
}
type Start = Pick<FoundJob, "event" | "subject" | "lacks">;

/**
 * Pipelines of Bitbucket (support.atlassian.com/bitbucket-cloud/docs: "Pipeline start conditions" and "Step options", read in November
 * 2026). A token of a pull request's pipeline names the branch that is to be merged. Custom pipelines are passed over.
 */
export const bitbucketJobs: JobReader = (document, { workspaceUuid, environmentUuid }) => {
  const { pipelines } = document as { pipelines?: unknown };
  const {
    default: anyBranch,
    branches,
    tags,
    "pull-requests": pullRequests,
  } = (pipelines ?? {}) as Record<string, unknown>;
  const starts: [Start, unknown][] = [
    [{ event: "push to any branch", subject: { branch: SAMPLE } }, anyBranch],
    ...entriesOf(branches).map(([pattern, steps]): [Start, unknown] => [
      { event: `push to ${pattern}`, subject: { branch: sampleOf(pattern) } },
      steps,
    ]),
    ...entriesOf(tags).map(([pattern, steps]): [Start, unknown] => [
      { event: `push of the tag ${pattern}`, subject: {}, lacks: ["branchName"] },
      steps,
    ]),
    ...entriesOf(pullRequests).map(([pattern, steps]): [Start, unknown] => [
      { event: `pull request, ${pattern}`, subject: { branch: SAMPLE } },
      steps,
    ]),
  ];
  return starts.flatMap(([start, steps]) =>
    stepsIn(steps).flatMap(({ name = "a step without a name", oidc, deployment, script }) => {
      const asks = JSON.stringify(script ?? []).includes("BITBUCKET_STEP_OIDC_TOKEN");
      if (!asks && !oidc) {
        return [];
      }
      const [audience] = isMapping(oidc) ? listOf(oidc.audiences as string[]) : [];
      // The file has the deployment's name, and the token its UUID.
      const inDeployment = deployment !== undefined && environmentUuid !== undefined;
      return {
        name,
        ...start,
        subject: { ...start.subject, environmentUuid: inDeployment ? environmentUuid : undefined },
        audience: audience ?? (workspaceUuid && `ari:cloud:bitbucket::workspace/${workspaceUuid.replace(/[{}]/g, "")}`),
        withoutToken: oidc ? undefined : "the step lacks oidc",
      };
    }),
  );
};

/** Steps, also those in stages and those that run side by side. */
function stepsIn(value: unknown): BitbucketStep[] {
  return listOf(value as unknown[])
    .filter(isMapping)
    .flatMap(({ step, parallel, stage }) => [
      ...(isMapping(step) ? [step as BitbucketStep] : []),
      ...stepsIn(isMapping(parallel) ? parallel.steps : parallel),
      ...stepsIn(isMapping(stage) ? stage.steps : []),
    ]);
}
