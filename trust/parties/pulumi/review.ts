import { OidcRunnerError } from "../../errors";
import type { IssuerKey } from "../../issuers";
import type { Finding, Waiver } from "../../lint";
import { type CompiledDefinition, compileDefinitions, type DefinitionInput } from "./compile";
import { lint } from "./lint";

/** What a review takes into account. */
export interface ReviewOptions {
  /** Organization of the issuer, for the audience of typed subjects. */
  organization: string;
  /** Whose tokens the definitions are about. Default: unknown. */
  issuerKind?: IssuerKey;
  /** Checked by `checkWaivers`. */
  waive?: readonly Waiver[];
}

/** Definitions that may be written, and what is worth a warning. */
export interface Review {
  compiled: CompiledDefinition[];
  /** The linter's warnings that are not waived; their paths are those of what was given. */
  warnings: Finding[];
}

/**
 * Turns typed subjects into rules and holds all definitions against the linter. What it calls an error is refused: a trust that
 * grants access that was probably not intended is not written.
 *
 * @throws OidcRunnerError `POLICY_LINT`, and those of `compileDefinitions`
 */
export function reviewDefinitions(
  inputs: readonly DefinitionInput[],
  { organization, issuerKind, waive = [] }: ReviewOptions,
): Review {
  const compiled = compileDefinitions(inputs, organization);
  const waived = waive.map(({ name }) => name as string);
  const findings = lint(
    compiled.map(({ definition }) => definition),
    { issuer: issuerKind },
  ).filter(({ name }) => !waived.includes(name));
  const located = findings.map((finding) => ({ ...finding, path: pathInInputs(finding.path, compiled) }));
  const errors = located.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    throw refusal(errors);
  }
  return { compiled, warnings: located };
}

/** The linter counts the definitions that are written; users count those they gave. */
function pathInInputs(path: string, compiled: readonly CompiledDefinition[]): string {
  return path.replace(/^policies\[(\d+)\]/, (_, index) => `policies[${compiled[Number(index)]?.origin ?? index}]`);
}

function refusal(errors: readonly Finding[]): OidcRunnerError {
  const names = [...new Set(errors.map(({ name }) => name))];
  const fixes = [...new Set(errors.map(({ fix }) => fix))];
  const waiver = `{ name: "${names[0]}", reason: "…" }`;
  return new OidcRunnerError("POLICY_LINT", errors.map(findingText).join("; "), {
    where: errors[0]?.path,
    fix: `${fixes.join("; ")}; where it is meant, waive it: ${waiver}`,
  });
}

/** A finding as part of a sentence. */
export function findingText({ name, path, message }: Finding): string {
  return `${name} at ${path}: ${message}`;
}
