import { entriesOf, type FoundJob, isMapping, type JobReader, listOf, SAMPLE, sampleOf } from "./job";

interface Filters {
  branches?: { only?: string | string[] };
  tags?: { only?: string | string[] };
}
type Start = Pick<FoundJob, "event" | "subject">;

/** Configurations of CircleCI (circleci/circleci-docs at 019b6996, docs/reference/modules/ROOT/pages/configuration-reference.adoc). */
export const circleciJobs: JobReader = (document, { organizationId }) => {
  const { jobs, workflows } = document as { jobs?: unknown; workflows?: unknown };
  const uses = entriesOf(workflows).flatMap(([, workflow]) => listOf(workflow?.jobs as unknown[]));
  return entriesOf(jobs).flatMap(([name, job]) => {
    const commands = listOf(job?.steps as unknown[])
      .map(commandOf)
      .join("\n");
    if (!/circleci run oidc get|CIRCLE_OIDC_TOKEN/.test(commands)) {
      return [];
    }
    const filters = uses.flatMap((use) => (isMapping(use) && isMapping(use[name]) ? [use[name].filters] : []));
    const [, asked] = /"aud": *"([^"]+)"/.exec(commands) ?? [];
    return startsOf((filters[0] ?? {}) as Filters).map((start) => ({
      name,
      ...start,
      audience: asked ?? (commands.includes("CIRCLE_OIDC_TOKEN") ? organizationId : undefined),
    }));
  });
};

function commandOf(step: unknown): string {
  const run = isMapping(step) ? step.run : undefined;
  const command = isMapping(run) ? run.command : run;
  return typeof command === "string" ? command : "";
}

/** Without a filter on tags no tag starts a job. */
function startsOf({ branches, tags }: Filters): Start[] {
  const ofBranches = listOf(branches?.only);
  const ofTags = listOf(tags?.only);
  return [
    ...(ofBranches.length === 0
      ? [{ event: "push to any branch", subject: { vcsRef: `refs/heads/${SAMPLE}` } }]
      : ofBranches.map((branch) => ({
          event: `push to ${branch}`,
          subject: { vcsRef: `refs/heads/${nameOf(branch)}` },
        }))),
    ...ofTags.map((tag) => ({ event: `push of the tag ${tag}`, subject: { vcsRef: `refs/tags/${nameOf(tag)}` } })),
  ];
}

/** Between slashes it is a regular expression. */
function nameOf(text: string): string {
  return text.startsWith("/") ? SAMPLE : sampleOf(text);
}
