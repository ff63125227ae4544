import type { Finding } from "./finding";
import { isPinned, ruleOn, type Subject } from "./subject";

/**
 * Finds repositories trusted by names alone. A name that is given up can be registered by somebody else; and repositories
 * that are new, renamed or moved have their ids in the subject, `repo:OWNER@ID/REPO@ID:…` (GitHub changelog, 23 April
 * 2026), which a pattern of names does not match.
 */
export function checkGithubNames(subject: Subject): Finding[] {
  const sub = ruleOn(subject, "sub");
  const named = sub?.pattern.startsWith("repo:")
    ? { ...sub, name: sub.pattern.slice("repo:".length) }
    : subject.kind === "github"
      ? repositoryRule(subject)
      : undefined;
  if (named === undefined || isPinned(subject, "repository_id")) {
    return [];
  }
  const [owner = "", repository = ""] = (named.name.split(":")[0] ?? "").split("/");
  const ownerFixed = hasId(owner) || isPinned(subject, "repository_owner_id");
  const repositoryFixed = hasId(repository) || repository === "*" || repository === "";
  // An owner that is no name at all is BROAD_SUBJECT's.
  if (/^[*?.]/.test(owner) || (ownerFixed && repositoryFixed)) {
    return [];
  }
  return [
    {
      name: "MUTABLE_GITHUB_NAME",
      severity: "warning",
      path: named.path,
      message: `"${named.pattern}" goes by names: a name given up can become another's, and new repositories have ids in their subject`,
      fix: "use repo:OWNER@ID/REPOSITORY@ID:…, or add rules on repository_id and repository_owner_id",
    },
  ];
}

function repositoryRule(subject: Subject) {
  const rule = ruleOn(subject, "repository");
  return rule && { ...rule, name: rule.pattern };
}

function hasId(name: string): boolean {
  return /@\d+$/.test(name);
}
