import { hasRuleOn, isPinned, rulesOn, type Subject } from "./rules-view";

/** Claims that name one subject by an id nobody else ever gets, by issuer. */
const SUBJECT_IDS = { kubernetes: [], github: ["repository_id"], gitlab: ["project_id"], pulumi: ["stackId"] } as const;

/** Whether rules say whose token it is: by `sub`, or by claims that come to the same. */
export function namesSubject(subject: Subject): boolean {
  const inCluster = (...keys: string[]) => rulesOn(subject, "kubernetes.io", ...keys).length > 0;
  return (
    // A subject of wildcards only is BROAD_SUBJECT's.
    rulesOn(subject, "sub").length > 0 ||
    (inCluster("namespace") && hasRuleOn(subject, "kubernetes.io", "serviceaccount", "name")) ||
    isPinned(subject, "kubernetes.io", "serviceaccount", "uid") ||
    (subject.kind !== undefined && SUBJECT_IDS[subject.kind].some((claim) => isPinned(subject, claim)))
  );
}
