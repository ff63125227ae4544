import { type Claims, claimValues } from "../../../claims";
import type { MappedAttributes } from "../members";
import type { GcpProvider } from "../provider";
import { compile, type Outcome } from "./compile";
import { jsonValue } from "./json-value";
import { type Expr, partsOf, pathOf } from "./parts";

/** Longest condition, in characters. */
const LONGEST = 4096;
/** Characters of a value that are shown. */
const SHOWN = 200;

/**
 * Reads an attribute condition, and tells why it is not met: it must be true, and each part of an outermost conjunction is
 * looked at by itself. An error, such as a missing claim, is not true, nor is a value that is not a boolean (IAM API
 * reference, `attributeCondition`: "The expression must output a boolean").
 *
 * @throws OidcRunnerError `GCP_EXPRESSION_INVALID`; what it returns throws `GCP_EXPRESSION_TOO_COSTLY` as well.
 */
export function unmetCondition(
  { attributeCondition, attributeMapping }: GcpProvider,
  claims: Claims,
  attributes: MappedAttributes,
): () => string[] {
  if (attributeCondition === undefined) {
    return () => [];
  }
  const keys = (root: string) =>
    Object.keys(attributeMapping).flatMap((key) => (key.startsWith(`${root}.`) ? [key.slice(root.length + 1)] : []));
  const known = { assertion: undefined, google: keys("google"), attribute: keys("attribute") };
  const { conjuncts, evaluate, expr } = compile(attributeCondition, "attributeCondition", LONGEST, known);
  return () => {
    const mapped = (root: string) => Object.fromEntries(keys(root).map((key) => [key, attributes[`${root}.${key}`]]));
    const json: Record<string, unknown> = {
      assertion: claims,
      google: mapped("google"),
      attribute: mapped("attribute"),
    };
    const variables = Object.fromEntries(Object.entries(json).map(([name, value]) => [name, jsonValue(value)]));
    if (isTrue(evaluate(expr, variables))) {
      return [];
    }
    return conjuncts.flatMap(({ text, expr: part }) => {
      const outcome = evaluate(part, variables);
      return isTrue(outcome) ? [] : [`attributeCondition: ${text} ${verdict(outcome)}${valuesOf(part, json)}`];
    });
  };
}

function isTrue(outcome: Outcome): boolean {
  return "value" in outcome && outcome.value === true;
}

function verdict(outcome: Outcome): string {
  if ("error" in outcome) {
    return `has no value (${outcome.error})`;
  }
  return outcome.value === false ? "is false" : "is not a boolean, and only true is taken";
}

/** The claims and attributes a part asks for, with the values they have. */
function valuesOf(part: Expr, json: Record<string, unknown>): string {
  const texts = pathsOf(part).flatMap((path) => {
    const values = claimValues(json, path);
    return values.length === 0 ? [] : [`${path.join(".")} is ${cut(values.join(", "))}`];
  });
  return texts.length === 0 ? "" : `; ${[...new Set(texts)].join("; ")}`;
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Paths from a variable through keys that are written down. */
function pathsOf(part: Expr): string[][] {
  const path = pathOf(part);
  return path === undefined ? partsOf(part).flatMap(pathsOf) : [path];
}
