import { checkLiteral, checkPattern, NUMERIC_ID, REF_PATTERN, subjectInvalid } from "../issuers/literal";
import type { Rules } from "../policy";
import type { CompileSubject, GitlabSubject } from "./types";

const PROJECT = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)+$/;

/** A merge request's pipeline runs for its branch: no token ever says `mr`. */
const REF_TYPES = ["branch", "tag"];

/**
 * Rules for a pipeline of GitLab CI: subject `project_path:GROUP/PROJECT:ref_type:TYPE:ref:REF` (GitLab documentation, "OpenID
 * Connect (OIDC) Authentication Using ID Tokens"). The project's id is added where it is known, since a path that is given
 * up can become another's; a deny goes by the id alone.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export const compileGitlab: CompileSubject<GitlabSubject> = (subject, where, decision) => {
  const { project, projectId, ref } = subject;
  checkLiteral(project, `${where}.project`, PROJECT, "give GROUP/PROJECT, with all subgroups");
  const refType = subject.refType ?? (ref === undefined ? undefined : "branch");
  if (refType !== undefined && !REF_TYPES.includes(refType)) {
    throw subjectInvalid(`"${refType}" is no type of a ref`, `${where}.refType`, `use ${REF_TYPES.join(" or ")}`);
  }
  if (ref !== undefined) {
    checkPattern(ref, `${where}.ref`, REF_PATTERN, "give the name alone, such as main or release/*");
  }
  const context = refType === undefined ? "*" : `ref_type:${refType}:ref:${ref ?? "*"}`;
  if (projectId === undefined) {
    return { alternatives: [{ sub: `project_path:${project}:${context}` }] };
  }
  checkLiteral(projectId, `${where}.projectId`, NUMERIC_ID, "give the project's number, as its page shows it");
  const anyPath: Rules = context === "*" ? {} : { sub: `*:${context}` };
  const path = decision === "deny" ? anyPath : { sub: `project_path:${project}:${context}` };
  return { alternatives: [{ ...path, project_id: String(projectId) }] };
};
