import { type Finding, hasRuleOn, namesSubject, type PolicySubject, rulesOn } from "../../lint";

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

function namesPod(subject: PolicySubject): boolean {
  return hasRuleOn(subject, "kubernetes.io", "pod", "name");
}

function podNameOnly(subject: PolicySubject): Finding {
  return {
    name: "POD_NAME_ONLY",
    severity: "warning",
    path: rulesOn(subject, "kubernetes.io", "pod", "name")[0]?.path ?? subject.path,
    message:
      "whoever may create a pod chooses its name; nothing says in which namespace and as which ServiceAccount it runs",
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
      subject.kind === undefined || subject.kind === "kubernetes"
        ? 'add a rule on sub, or on both "kubernetes.io".namespace and "kubernetes.io".serviceaccount.name'
        : "add a rule on sub",
  };
}
