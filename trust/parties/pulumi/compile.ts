import { OidcRunnerError } from "../../errors";
import {
  type ClaimsSubject,
  checkLiteral,
  custom,
  ISSUERS,
  type IssuerRecord,
  type IssuerSubjects,
  subjectInvalid,
} from "../../issuers";
import {
  checkDefinition,
  checkLiteralParts,
  checkSomeDefinitions,
  type PolicyDefinition,
  pulumiAudience,
  type Rules,
} from "../../policy";

/** A policy definition as users give it: with `rules`, or with exactly one typed subject. */
export type DefinitionInput = Omit<PolicyDefinition, "rules"> & {
  rules?: Rules;
  /** Any claims, with the audience added. */
  claims?: ClaimsSubject;
  /** Audience of a typed subject's tokens. */
  audience?: string;
} & Partial<IssuerSubjects>;

/** A definition as Pulumi Cloud takes it, and which of the given ones it came from. */
export interface CompiledDefinition {
  definition: PolicyDefinition;
  /** Index in what was given: one of them may become two. */
  origin: number;
}

/** The records of typed subjects, each with the field that holds its subject. */
const SUBJECTS: readonly { field: keyof IssuerSubjects | "claims"; record: IssuerRecord }[] = [
  ...ISSUERS.map((record) => ({ field: record.key, record })),
  { field: "claims", record: custom },
];

/**
 * Turns typed subjects into rules and checks every definition. Definitions with rules stay as they are, so what was compiled
 * can be compiled again.
 *
 * An allow always has a rule on the audience. A deny has one only when it is asked for: it must hold whatever audience a
 * token has.
 *
 * @throws OidcRunnerError `POLICY_EMPTY`, `POLICY_INVALID`, `POLICY_ALLOWS_ALL`, `PATTERN_WITHOUT_LITERAL`, `CLAIM_PATH_INVALID`,
 *   `SUBJECT_INVALID`, `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`
 */
export function compileDefinitions(inputs: readonly DefinitionInput[], organization: string): CompiledDefinition[] {
  checkSomeDefinitions(inputs);
  return inputs.flatMap((input, origin) =>
    compileDefinition(input, organization, `definitions[${origin}]`).map((definition) => ({ definition, origin })),
  );
}

/** The same for one definition; `where` is its place in error texts. */
export function compileDefinition(input: DefinitionInput, organization: string, where: string): PolicyDefinition[] {
  // The API asks for the list, empty or not.
  const target = { ...input, authorizedPermissions: input.authorizedPermissions ?? [] };
  delete target.audience;
  for (const { field } of SUBJECTS) {
    delete target[field];
  }
  const definitions = rulesOf(input, organization, where).map((rules) => ({ ...target, rules }));
  for (const definition of definitions) {
    checkDefinition(definition, where);
    checkLiteralParts(definition, where);
  }
  return definitions;
}

function rulesOf(input: DefinitionInput, organization: string, where: string): Rules[] {
  const { decision, audience: asked, rules } = input;
  const given = [
    ...SUBJECTS.filter(({ field }) => isGiven(input[field])),
    ...(isGiven(rules) ? [{ field: "rules" as const, record: undefined }] : []),
  ];
  const [subject, ...others] = given;
  if (subject === undefined || others.length > 0) {
    const what =
      subject === undefined
        ? "nothing says whose tokens it is about"
        : `${given.map(({ field }) => field).join(" and ")} are mutually exclusive`;
    const fix = `give exactly one of ${[...SUBJECTS.map(({ field }) => field), "rules"].join(", ")}`;
    throw new OidcRunnerError("POLICY_INVALID", what, { where, fix });
  }
  if (subject.record === undefined) {
    if (isGiven(asked)) {
      throw new OidcRunnerError("POLICY_INVALID", "audience belongs to typed subjects", {
        where: `${where}.audience`,
        fix: "put a rule on aud into rules",
      });
    }
    return [rules ?? {}];
  }
  const { field, record } = subject;
  const alternatives = record.rules(input[field], `${where}.${field}`, decision);
  if (isGiven(asked)) {
    checkLiteral(asked, `${where}.audience`, /^\S+$/, "give the `aud` of the tokens");
  }
  const usual = record.audience.of === undefined ? pulumiAudience(organization) : record.audience.of(input[field]);
  const aud = asked ?? (decision === "deny" ? undefined : usual);
  if (aud === null) {
    const fix = "give `audience`: what the login in the environment asks for, such as aws:ORGANIZATION";
    throw subjectInvalid("the audience of these tokens follows from nothing else", `${where}.audience`, fix);
  }
  return alternatives.map((alternative) => (aud === undefined ? alternative : { aud, ...alternative }));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
