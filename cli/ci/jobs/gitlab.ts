import { entriesOf, type FoundJob, isMapping, type JobReader, listOf, SAMPLE, sampleOf } from "./job";

interface GitlabJob {
  id_tokens?: Record<string, { aud?: string | string[] }>;
  environment?: string | { name?: string };
  rules?: { if?: string; when?: string }[];
  only?: unknown;
}
type Start = Pick<FoundJob, "event" | "subject">;

/**
 * Pipelines of GitLab (gitlabhq/gitlabhq at 2f369bd9, doc/ci/yaml/_index.md). What `include` and `extends` bring in is passed over, and
 * of a rule's `if` only comparisons of a branch, and the presence of a tag or a merge request, are read.
 */
export const gitlabJobs: JobReader = (document, _, defaultBranch) => {
  const { default: common } = document as { default?: GitlabJob };
  return entriesOf(document).flatMap(([name, entry]) => {
    const job = entry as GitlabJob;
    const tokens = isMapping(entry) && "script" in entry ? (job.id_tokens ?? common?.id_tokens) : undefined;
    const [token] = Object.values(tokens ?? {});
    if (token === undefined) {
      return [];
    }
    const environment = isMapping(job.environment) ? job.environment.name : job.environment;
    const isKnown = environment === undefined || !environment.includes("$");
    return startsOf(job, defaultBranch).map(({ event, subject }) => ({
      name,
      event: isKnown ? event : `${event}, as if without its environment, which has variables`,
      subject: { ...subject, ...(isKnown && environment !== undefined && { environment }) },
      audience: listOf(token.aud)[0],
    }));
  });
};

function startsOf({ rules, only }: GitlabJob, defaultBranch: string): Start[] {
  const refs = isMapping(only) ? only.refs : only;
  const texts = [
    ...listOf(rules).flatMap(({ if: condition = "", when }) => (when === "never" ? [] : [condition])),
    ...listOf(refs as string[]).map((ref) => ONLY[ref] ?? `$CI_COMMIT_BRANCH == "${ref}"`),
  ];
  return texts.length === 0
    ? [{ event: "push to any branch", subject: { ref: SAMPLE } }]
    : texts.map((text) => startOf(text, defaultBranch));
}

const ONLY: Record<string, string> = {
  tags: "$CI_COMMIT_TAG",
  merge_requests: '$CI_PIPELINE_SOURCE == "merge_request_event"',
  branches: "",
};

function startOf(text: string, defaultBranch: string): Start {
  const [, branch] = /\$CI_COMMIT_(?:BRANCH|REF_NAME)\s*==\s*["']([^"']+)["']/.exec(text) ?? [];
  if (branch !== undefined) {
    return { event: `push to ${branch}`, subject: { ref: sampleOf(branch) } };
  }
  if (/\$CI_COMMIT_(BRANCH|REF_NAME)\s*==\s*\$CI_DEFAULT_BRANCH/.test(text)) {
    return { event: `push to ${defaultBranch}, the default branch`, subject: { ref: defaultBranch } };
  }
  if (text.includes("merge_request")) {
    // Its token names the branch that is to be merged.
    return { event: "merge request", subject: { ref: SAMPLE } };
  }
  if (text.includes("$CI_COMMIT_TAG")) {
    return { event: "push of a tag", subject: { refType: "tag", ref: "v1" } };
  }
  return { event: "push to any branch", subject: { ref: SAMPLE } };
}
