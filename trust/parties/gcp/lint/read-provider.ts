import type { Finding } from "../../../lint";
import { compile, type Expr, partsOf, pathOf } from "../evaluate";
import { type GcpProvider, readProvider } from "../provider";
import { type Alternative, alternativesOf } from "./alternatives";
import { type Mapped, readMapping } from "./mapping";

/** A provider with its expressions read. */
export interface ReadProvider extends GcpProvider {
  mapping: Map<string, Mapped>;
  /** The ways to fulfil the condition; without one, a single way that asks nothing. */
  alternatives: Alternative[];
  /** What could not be read as it is. */
  findings: Finding[];
}

/** Longest condition, in characters. */
const LONGEST = 4096;
const ANY = { assertion: undefined, google: undefined, attribute: undefined };

/**
 * Reads a provider for the linter, which takes for a finding what the evaluator refuses: a mapping without
 * `google.subject`, and attributes that are not mapped.
 *
 * @throws OidcRunnerError `GCP_PROVIDER_INVALID`, `GCP_EXPRESSION_INVALID`
 */
export function readForLint(document: unknown): ReadProvider {
  const findings: Finding[] = [];
  const provider = readProvider(withSubject(document, findings));
  const mapping = readMapping(provider.attributeMapping);
  if (provider.attributeCondition === undefined) {
    return { ...provider, mapping, alternatives: [{ comparisons: [], negated: [], unread: false }], findings };
  }
  const { expr } = compile(provider.attributeCondition, "attributeCondition", LONGEST, ANY);
  for (const attribute of attributesIn(expr)) {
    if (!mapping.has(attribute)) {
      findings.push(unmapped(attribute, "attributeCondition"));
    }
  }
  const claimOf = (part: Expr) => {
    const [root, ...keys] = pathOf(part) ?? [];
    if (keys.length === 0 || root === undefined) {
      return undefined;
    }
    const mapped = root === "assertion" ? keys : mapping.get(`${root}.${keys.join(".")}`);
    return mapped === "computed" ? undefined : mapped;
  };
  return { ...provider, mapping, alternatives: alternativesOf(expr, claimOf), findings };
}

function withSubject(document: unknown, findings: Finding[]): unknown {
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    return document;
  }
  const { attributeMapping = {} } = document as { attributeMapping?: unknown };
  const isObject = typeof attributeMapping === "object" && attributeMapping !== null;
  if (!isObject || Array.isArray(attributeMapping) || Object.hasOwn(attributeMapping, "google.subject")) {
    return document;
  }
  findings.push({
    name: "MAPPING_WITHOUT_SUBJECT",
    severity: "error",
    path: "attributeMapping",
    message: "Google takes no token whose subject is not mapped",
    fix: 'map "google.subject", usually to "assertion.sub"',
  });
  return { ...document, attributeMapping: { ...attributeMapping, "google.subject": "assertion.sub" } };
}

/** The finding for an attribute that is asked for and not mapped. */
export function unmapped(attribute: string, path: string): Finding {
  return {
    name: "UNMAPPED_ATTRIBUTE",
    severity: "error",
    path,
    message: `${attribute} is not mapped, so no token has it`,
    fix: `add "${attribute}" to attributeMapping`,
  };
}

/** `google.X` and `attribute.X` wherever an expression has them. */
function attributesIn(expr: Expr): string[] {
  const tested = expr.exprKind.case === "selectExpr" && expr.exprKind.value.testOnly;
  const path = tested ? undefined : pathOf(expr);
  const [root, key] = path ?? [];
  if (root === "google" || root === "attribute") {
    return key === undefined ? [] : [`${root}.${key}`];
  }
  return partsOf(expr).flatMap(attributesIn);
}
