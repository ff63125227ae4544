import { parseClaimPath } from "../../claims";
import { type Finding, hasRuleOn, isPinned, type PolicySubject, rulesOn, type Subject } from "../../lint";

/**
 * Finds what an allow does not say: no rule at all, none on the audience (a token minted for another service is accepted),
 * none on the subject (anybody of the issuer is), or one on the pod's name alone.
 */
export function checkPresence(subject: PolicySubject): Finding[] {
  if (subject.rules.length + subject.unreadable.length === 0) {
    return [
      {
        name: "ALLOW_WITHOUT_RULES",
        severity: "error",
        path: `${subject.path}.rules`,
        message: "an allow without rules admits every token of the issuer",
        fix: "add rules on aud and sub",
      },
    ];
  }
  const findings: Finding[] = [];
  if (!hasRuleOn(subject, "aud")) {
    findings.push({
      name: "MISSING_AUDIENCE",
      severity: "error",
      path: `${subject.path}.rules`,
      message: "a token meant for any other service is accepted too",
      fix: 'add a rule on aud, such as "urn:pulumi:org:ORGANIZATION"',
    });
  }
  if (!namesSubject(subject)) {
    findings.push(namesPod(subject) ? podNameOnly(subject) : missingSubject(subject));
  }
  return findings;
}

/** Whether rules say whose token it is: by `sub`, or by claims that come to the same. */
function namesSubject(subject: Subject): boolean {
  const inCluster = (...keys: string[]) => rulesOn(subject, "kubernetes.io", ...keys).length > 0;
  const ids = Object.entries(subject.issuer?.claims ?? {}).filter(
    ([, { is, identifies }]) => is === "id" && identifies === "subject",
  );
  return (
    // A subject of wildcards only is BROAD_SUBJECT's.
    rulesOn(subject, "sub").length > 0 ||
    (inCluster("namespace") && hasRuleOn(subject, "kubernetes.io", "serviceaccount", "name")) ||
    isPinned(subject, "kubernetes.io", "serviceaccount", "uid") ||
    ids.some(([path]) => isPinned(subject, ...parseClaimPath(path)))
  );
}

function namesPod(subject: PolicySubject): boolean {
  return hasRuleOn(subject, "kubernetes.io", "pod", "name");
}

function podNameOnly(subject: PolicySubject): Finding {
  return {
    name: "POD_NAME_ONLY",
    severity: "warning",
    path: rulesOn(subject, "kubernetes.io", "pod", "name")[0]?.path ?? subject.path,
    message:
      "anyone who may create a pod chooses its name; nothing says in which namespace and as which ServiceAccount it runs",
    fix: 'add rules on "kubernetes.io".namespace and "kubernetes.io".serviceaccount.name, or on sub',
  };
}

function missingSubject(subject: PolicySubject): Finding {
  return {
    name: "MISSING_SUBJECT",
    severity: "error",
    path: `${subject.path}.rules`,
    message: "no rule says whose token it is: others who use this issuer may fulfil the rest",
    fix:
      subject.issuer === undefined || !subject.issuer.multiTenant
        ? 'add a rule on sub, or on both "kubernetes.io".namespace and "kubernetes.io".serviceaccount.name'
        : "add a rule on sub",
  };
}
