import { githubActions } from "../issuers";
import type { FindingOf } from "./finding";

/** `MUTABLE_GITHUB_NAME`: a repository by its name, which can become another's. */
export const MUTABLE_NAMES = ["MUTABLE_GITHUB_NAME"] as const;

type Finding = FindingOf<(typeof MUTABLE_NAMES)[number]>;

import { isPinned, type Rule, rulesOn, type Subject } from "./rules-view";

/**
 * Finds repositories trusted by names alone. A name that is given up can be registered by another owner; and repositories
 * that are new, renamed or moved have their ids in the subject, `repo:OWNER@ID/REPO@ID:…`, which a pattern of names does not
 * match.
 */
export function checkMutableNames(subject: Subject): Finding[] {
  if (isPinned(subject, "repository_id")) {
    return [];
  }
  const subs = rulesOn(subject, "sub").filter(({ shape }) => shape.startsWith("repo:"));
  const ofGithub = (claim: string) => (subject.issuer?.key === githubActions.key ? rulesOn(subject, claim) : []);
  const named =
    subs.length > 0
      ? subs.map((rule) => ({ ...rule, name: rule.shape.slice("repo:".length) }))
      : [ofGithub("repository"), ofGithub("repository_owner")]
          .find((rules) => rules.length > 0)
          ?.map((rule) => ({ ...rule, name: rule.shape }));
  return (named ?? []).filter(({ name }) => goesByName(name, subject)).map(mutable);
}

function goesByName(name: string, subject: Subject): boolean {
  const [owner = "", repository = ""] = (name.split(":")[0] ?? "").split("/");
  const ownerFixed = hasId(owner) || isPinned(subject, "repository_owner_id");
  const repositoryFixed = hasId(repository) || repository === "*" || repository === "";
  // An owner that is not a name at all is BROAD_SUBJECT's.
  return !/^[*?.]/.test(owner) && !(ownerFixed && repositoryFixed);
}

function mutable({ path, pattern }: Rule): Finding {
  return {
    name: "MUTABLE_GITHUB_NAME",
    severity: "warning",
    path,
    message: `"${pattern}" goes by names: a name given up can become another's, and new repositories have ids in their subject`,
    fix: "use repo:OWNER@ID/REPOSITORY@ID:…, or add rules on repository_id and repository_owner_id",
  };
}

function hasId(name: string): boolean {
  return githubActions.idInSubject?.test(name) === true;
}
