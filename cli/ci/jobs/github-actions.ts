import { entriesOf, type FoundJob, isMapping, type JobReader, listOf, SAMPLE, sampleOf } from "./job";

interface Step {
  run?: string;
  uses?: string;
  with?: Record<string, string>;
}
interface WorkflowJob {
  permissions?: unknown;
  environment?: string | { name?: string };
  steps?: Step[];
}
type Start = Pick<FoundJob, "event" | "subject">;

/**
 * Workflows of GitHub Actions (github/docs at 051718f2, content/actions/reference/workflows-and-actions/workflow-syntax.md). Jobs that
 * call a reusable workflow are passed over: their steps are in another file.
 */
export const githubActionsJobs: JobReader = (document, _, defaultBranch) => {
  const workflow = document as { permissions?: unknown; jobs?: unknown };
  return entriesOf(workflow.jobs).flatMap(([name, entry]) => {
    const job = entry as WorkflowJob;
    const asking = (job.steps ?? []).filter(asksForToken);
    if (asking.length === 0) {
      return [];
    }
    const environment = isMapping(job.environment) ? job.environment.name : job.environment;
    // An expression is put in when the job starts.
    const isKnown = environment === undefined || !environment.includes("${{");
    const withoutToken = mayAsk(job.permissions ?? workflow.permissions)
      ? undefined
      : "it lacks the permission id-token: write";
    return startsOf(document, defaultBranch).map(({ event, subject }) => ({
      name,
      event: isKnown ? event : `${event}, as if without its environment, which is an expression`,
      subject: { ...subject, ...(isKnown && environment !== undefined && { environment }) },
      audience: asking.map(audienceOf).find((audience) => audience !== undefined),
      withoutToken,
    }));
  });
};

function asksForToken({ run = "", uses = "" }: Step): boolean {
  return /ACTIONS_ID_TOKEN_REQUEST_URL|--oidc-token/.test(run) || uses.startsWith("pulumi/auth-actions@");
}

function audienceOf({ run = "", uses = "", with: inputs }: Step): string | undefined {
  if (uses.startsWith("pulumi/auth-actions@")) {
    return inputs?.organization === undefined ? undefined : `urn:pulumi:org:${inputs.organization}`;
  }
  const [, asked] = /[?&]audience=([\w%.:/-]+)/.exec(run) ?? [];
  return asked === undefined ? undefined : decodeURIComponent(asked);
}

function mayAsk(permissions: unknown): boolean {
  return permissions === "write-all" || (isMapping(permissions) && permissions["id-token"] === "write");
}

/** `on` of a workflow is a word, a list of words, or a mapping; YAML 1.1 would read it as true. */
function startsOf(document: unknown, defaultBranch: string): Start[] {
  const { on } = document as { on?: unknown };
  const events = isMapping(on) ? Object.entries(on) : listOf(on as string | string[]).map((word) => [word, null]);
  return (events as [string, Record<string, unknown> | null][]).flatMap(([event, filters]) => {
    switch (event) {
      case "push":
        return pushes(filters ?? {});
      case "pull_request":
        return [{ event: "pull request", subject: { pullRequest: true } }];
      default:
        // Other events run for the default branch, unless somebody who starts it by hand chooses another one.
        return [{ event: `${event} on ${defaultBranch}`, subject: { branch: defaultBranch } }];
    }
  });
}

function pushes({ branches, tags }: Record<string, unknown>): Start[] {
  const ofBranches = listOf(branches as string[]);
  const ofTags = listOf(tags as string[]);
  if (ofBranches.length + ofTags.length === 0) {
    return [{ event: "push to any branch", subject: { branch: SAMPLE } }];
  }
  return [
    ...ofBranches
      .filter((pattern) => !pattern.startsWith("!"))
      .map((pattern) => ({ event: `push to ${pattern}`, subject: { branch: sampleOf(pattern) } })),
    ...ofTags
      .filter((pattern) => !pattern.startsWith("!"))
      .map((pattern) => ({ event: `push of the tag ${pattern}`, subject: { tag: sampleOf(pattern) } })),
  ];
}
