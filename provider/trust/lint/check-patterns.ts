import type { Finding } from "./finding";
import { isKnownClaim } from "./known-claims";
import type { PolicySubject } from "./subject";

const DOT_IN_A_NAME = /[A-Za-z0-9_-]\.(?=[A-Za-z0-9_-])/;

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
  const { kind, definition } = subject;
  if (kind === undefined) {
    return [];
  }
  return subject.rules
    .filter(({ keys }) => !isKnownClaim(kind, keys))
    .map(({ keys, path }) => ({
      name: "UNKNOWN_CLAIM",
      severity: "error",
      path,
      message: `tokens of a ${kind} issuer hold no value there, so this ${definition.decision} never takes effect`,
      fix:
        keys[0] === "kubernetes" && keys[1] === "io"
          ? 'quote the key that contains a dot: "kubernetes.io"'
          : "use a claim of the issuer's tokens",
    }));
}

function dots({ rules, definition, path }: PolicySubject): Finding[] {
  const patterns = rules.map((rule) => ({ pattern: rule.pattern, path: rule.path }));
  if (definition.teamName) {
    patterns.push({ pattern: definition.teamName, path: `${path}.teamName` });
  }
  return patterns
    .filter(({ pattern }) => DOT_IN_A_NAME.test(pattern))
    .map(({ pattern, path }) => ({
      name: "LITERAL_DOT_MATCHES_ANY",
      severity: "warning",
      path,
      message: `each . of "${pattern}" matches any one character ("${pattern.replace(DOT_IN_A_NAME, (text) => `${text[0]}x`)}"), and nothing escapes it`,
      fix: "prefer a name without dots, or add a rule on an id, and waive this where neither can be",
    }));
}
