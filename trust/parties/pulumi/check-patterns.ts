import { claimFacts } from "../../issuers";
import { admitsByDot, type Finding, type PolicySubject, placeOfDot, type Rule } from "../../lint";

/** Finds rules that don't say what they seem to, in an allow as in a deny. */
export function checkPatterns(subject: PolicySubject): Finding[] {
  return [...unreadable(subject), ...unknown(subject), ...dots(subject)];
}

function unreadable(subject: PolicySubject): Finding[] {
  return subject.unreadable.map(({ path, claim }) => ({
    name: "CLAIM_PATH_INVALID",
    severity: "error",
    path,
    message: `"${claim}" is not a claim path`,
    fix: 'separate keys by dots and quote a key that contains dots, as in "kubernetes.io".namespace',
  }));
}

function unknown(subject: PolicySubject): Finding[] {
  const { issuer, definition } = subject;
  if (issuer === undefined) {
    return [];
  }
  return subject.rules
    .filter(({ keys }) => claimFacts(issuer, keys) === undefined)
    .map(({ keys, path }) => ({
      name: "UNKNOWN_CLAIM",
      severity: "error",
      path,
      message: `tokens of ${issuer.name} hold no value there, so this ${definition.decision} never takes effect`,
      fix:
        keys[0] === "kubernetes" && keys[1] === "io"
          ? 'quote the key that contains a dot: "kubernetes.io"'
          : "use a claim of the issuer's tokens",
    }));
}

function dots(subject: PolicySubject): Finding[] {
  const { definition, path } = subject;
  const admits = (rule: Rule) => definition.decision === "allow" && admitsByDot(rule, subject);
  const rules = subject.rules.filter((rule) => !admits(rule));
  const { teamName } = definition;
  if (teamName && definition.decision === "deny") {
    rules.push({ keys: [], pattern: teamName, shape: teamName, path: `${path}.teamName` });
  }
  return rules.flatMap((rule) => {
    const place = placeOfDot(rule, subject.issuer);
    if (place === undefined) {
      return [];
    }
    const { pattern } = rule;
    const other = `${pattern.slice(0, place)}x${pattern.slice(place + 1)}`;
    return [
      {
        name: "LITERAL_DOT_MATCHES_ANY",
        severity: "warning",
        path: rule.path,
        message: `each . of "${pattern}" matches any one character ("${other}"), and nothing escapes it`,
        fix: "prefer a name without dots, or add a rule on an id, and waive this where neither can be",
      },
    ];
  });
}
