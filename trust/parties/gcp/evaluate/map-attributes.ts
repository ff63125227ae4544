import type { CelInput } from "@bufbuild/cel";
import { type MappedAttributes, SUBJECT_BYTES } from "../members";
import { compile, type Outcome } from "./compile";

/** Longest expression, in characters. */
const LONGEST = 2048;
/** Bytes of all mapped attributes together (IAM API reference, `attributeMapping`). */
const ALL = 8 * 1024;

const bytesOf = (text: string) => Buffer.byteLength(text);

/**
 * Maps a token's claims (IAM API reference, `attributeMapping`). All attributes are mapped at each exchange, so one that
 * has no value or another type than text (for `google.groups`: a list of texts) fails it, even if no rule asks for the attribute
 * (Google Cloud IAM documentation, "Troubleshoot workforce identity federation": "must be of type STRING"). What becomes of
 * an attribute whose claim is missing is not documented; it is taken for a failure.
 *
 * @throws OidcRunnerError `GCP_EXPRESSION_INVALID`, `GCP_EXPRESSION_TOO_COSTLY`
 */
export function mapAttributes(
  mapping: Record<string, string>,
  assertion: CelInput,
): { attributes: MappedAttributes; failures: string[] } {
  const attributes: MappedAttributes = {};
  const failures: string[] = [];
  for (const [key, text] of Object.entries(mapping)) {
    const program = compile(text, `attributeMapping["${key}"]`, LONGEST, { assertion: undefined });
    const outcome = program.evaluate(program.expr, { assertion });
    const value = key === "google.groups" ? textsOf(outcome) : textOf(outcome);
    if (value === undefined) {
      const type = key === "google.groups" ? "a list of texts" : "a text";
      const got = "error" in outcome ? `no value (${outcome.error})` : "a value of another type";
      failures.push(`${key} = ${text} must give ${type}, got ${got}`);
    } else {
      attributes[key] = value;
    }
  }
  const subject = attributes["google.subject"];
  if (typeof subject === "string" && (subject === "" || bytesOf(subject) > SUBJECT_BYTES)) {
    failures.push(`google.subject must have 1 to ${SUBJECT_BYTES} bytes, got ${bytesOf(subject)}`);
  }
  const total = Object.values(attributes)
    .flat()
    .reduce((sum, value) => sum + bytesOf(value), 0);
  if (total > ALL) {
    failures.push(`all mapped attributes together must have at most ${ALL} bytes, got ${total}`);
  }
  return { attributes, failures };
}

function textOf(outcome: Outcome): string | undefined {
  return "value" in outcome && typeof outcome.value === "string" ? outcome.value : undefined;
}

function textsOf(outcome: Outcome): string[] | undefined {
  const value = "value" in outcome ? outcome.value : undefined;
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value) || !("size" in value)) {
    return undefined;
  }
  const items: unknown[] = [...value];
  return items.every((item) => typeof item === "string") ? items : undefined;
}
