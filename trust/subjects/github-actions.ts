import { checkLiteral, checkPattern, NUMERIC_ID, REF_PATTERN, subjectInvalid } from "../issuers/literal";
import type { Rules } from "../policy";
import type { CompileSubject, GithubActionsSubject } from "./types";

const REPOSITORY = /^[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/;
const CONTEXTS = ["branch", "tag", "environment", "pullRequest"] as const;

/**
 * Rules for a workflow of GitHub Actions (GitHub documentation, "OpenID Connect reference"; changelog, 23 April 2026). Its
 * subject begins with `repo:OWNER/REPOSITORY:`, that of new, renamed and moved repositories with
 * `repo:OWNER@ID/REPOSITORY@ID:`.
 *
 * With the ids known, an allow has both forms, each with rules on the ids besides: two definitions out of 40 buy that a
 * token must have name, context and ids right at once, whichever form it comes in. Rules on the ids alone would be one
 * definition, but then claims that any job of the repository has would have to stand for the context. A deny goes by the
 * repository's id alone, because who renames a repository must not escape it; without ids it has both forms, whatever the
 * ids.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export const compileGithubActions: CompileSubject<GithubActionsSubject> = (subject, where, decision) => {
  const { repository, repositoryId, ownerId, workflowRef } = subject;
  checkLiteral(repository, `${where}.repository`, REPOSITORY, "give OWNER/REPOSITORY");
  const context = contextOf(subject, where);
  const [owner = "", name = ""] = repository.split("/");
  const shared: Rules = {};
  if (workflowRef !== undefined) {
    const fix = "give OWNER/REPOSITORY/.github/workflows/FILE@REF";
    checkPattern(workflowRef, `${where}.workflowRef`, /^[^/\s]+\/[^/\s]+\/\S+$/, fix);
    shared.workflow_ref = workflowRef;
  }
  if (repositoryId === undefined && ownerId === undefined) {
    const withIds = { sub: `repo:${owner}@*/${name}@*:${context}`, ...shared };
    const byName = { sub: `repo:${repository}:${context}`, ...shared };
    return { alternatives: decision === "deny" ? [byName, withIds] : [byName] };
  }
  const fix = "give both ids: `gh api repos/OWNER/REPOSITORY --jq '.id, .owner.id'` prints them";
  checkLiteral(repositoryId, `${where}.repositoryId`, NUMERIC_ID, fix);
  checkLiteral(ownerId, `${where}.ownerId`, NUMERIC_ID, fix);
  const ids: Rules = { repository_id: String(repositoryId), repository_owner_id: String(ownerId) };
  if (decision === "deny") {
    const anyName: Rules = context === "*" ? {} : { sub: `*:${context}` };
    return { alternatives: [{ ...anyName, repository_id: String(repositoryId), ...shared }] };
  }
  const subjects = [`repo:${repository}:${context}`, `repo:${owner}@${ownerId}/${name}@${repositoryId}:${context}`];
  return { alternatives: subjects.map((sub) => ({ sub, ...ids, ...shared })) };
};

/** The part of the subject behind the repository. An environment takes the place of the branch in it. */
function contextOf(subject: GithubActionsSubject, where: string): string {
  const given = CONTEXTS.filter((context) => subject[context] !== undefined && subject[context] !== false);
  if (given.length > 1) {
    const fix = `give one of ${CONTEXTS.join(", ")}`;
    throw subjectInvalid(`${given.join(" and ")} exclude each other: a token's subject has one of them`, where, fix);
  }
  const { branch, tag, environment, pullRequest } = subject;
  if (branch !== undefined) {
    checkPattern(branch, `${where}.branch`, REF_PATTERN, "give the branch's name alone, such as main or release/*");
    return `ref:refs/heads/${branch}`;
  }
  if (tag !== undefined) {
    checkPattern(tag, `${where}.tag`, REF_PATTERN, "give the tag's name alone, such as v1 or v*");
    return `ref:refs/tags/${tag}`;
  }
  if (environment !== undefined) {
    checkLiteral(environment, `${where}.environment`, /^[^\r\n]+$/, "give the environment's name");
    // Colons part the subject, so GitHub writes those of names in another way.
    return `environment:${environment.replaceAll(":", "%3A")}`;
  }
  return pullRequest ? "pull_request" : "*";
}
