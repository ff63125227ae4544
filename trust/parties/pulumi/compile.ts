import { OidcRunnerError } from "../../errors";
import {
  type CustomSubject,
  checkLiteral,
  custom,
  ISSUERS,
  type IssuerRecord,
  type IssuerSubjects,
  subjectInvalid,
} from "../../issuers";
import {
  type AccessToken,
  checkDefinition,
  checkLiteralParts,
  checkSomeDefinitions,
  definitionTarget,
  type PolicyDefinition,
  pulumiAudience,
  type Rules,
  tokenSelection,
} from "../../policy";

/** What a policy can be about, by the field that says so. */
type Subjects = IssuerSubjects & { custom: CustomSubject };

/**
 * A policy as users give it: with `rules`, or with exactly one typed subject. One that was compiled has Pulumi Cloud's fields
 * in place of `accessToken`.
 */
export type DefinitionInput = Pick<PolicyDefinition, "decision"> & {
  accessToken?: AccessToken;
  rules?: Rules;
  /** Audience of a typed subject's tokens. */
  audience?: string;
} & Partial<Subjects> &
  Partial<Omit<PolicyDefinition, "decision" | "rules">>;

/** A definition as Pulumi Cloud takes it, and which of the given ones it came from. */
export interface CompiledDefinition {
  definition: PolicyDefinition;
  /** Index in what was given: one of them may become two. */
  origin: number;
}

/** The issuers whose subjects are typed, each in the field of its key. */
const RECORDS: readonly IssuerRecord<keyof Subjects>[] = [...ISSUERS, custom];

/**
 * Turns typed subjects into rules, access tokens into the fields of Pulumi Cloud, and checks every policy. Compiled ones stay
 * as they are, so they can be compiled again.
 *
 * An allow always has a rule on the audience. A deny has one only when it is asked for: it must hold whatever audience a
 * token has.
 *
 * @throws OidcRunnerError `POLICY_EMPTY`, `POLICY_INVALID`, `POLICY_ALLOWS_ALL`, `PATTERN_WITHOUT_LITERAL`, `CLAIM_PATH_INVALID`,
 *   `OPTION_MISSING`, `OPTION_CONFLICT`, `TOKEN_OWNER_MISSING`, `SUBJECT_INVALID`, `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`
 */
export function compileDefinitions(inputs: readonly DefinitionInput[], organization: string): CompiledDefinition[] {
  checkSomeDefinitions(inputs);
  return inputs.flatMap((input, origin) =>
    compileDefinition(input, organization, `policies[${origin}]`).map((definition) => ({ definition, origin })),
  );
}

/** The same for one definition; `where` is its place in error texts. */
export function compileDefinition(input: DefinitionInput, organization: string, where: string): PolicyDefinition[] {
  const { audience, accessToken, ...given } = input;
  for (const { key } of RECORDS) {
    delete given[key];
  }
  const { tokenType } = given;
  // The API asks for the list, empty or not.
  const target =
    accessToken === undefined && tokenType !== undefined
      ? { ...given, tokenType, authorizedPermissions: given.authorizedPermissions ?? [] }
      : { ...given, ...definitionTarget(tokenSelection(accessToken ?? {}, `${where}.accessToken`)) };
  const definitions = rulesOf(input, organization, where).map((rules) => ({ ...target, rules }));
  for (const definition of definitions) {
    checkDefinition(definition, where);
    checkLiteralParts(definition, where);
  }
  return definitions;
}

function rulesOf(input: DefinitionInput, organization: string, where: string): Rules[] {
  const { decision, audience: asked, rules } = input;
  const records = RECORDS.filter(({ key }) => isGiven(input[key]));
  const given = [...records.map(({ key }) => key), ...(isGiven(rules) ? ["rules"] : [])];
  if (given.length !== 1) {
    const what =
      given.length === 0 ? "nothing says whose tokens it is about" : `${given.join(" and ")} are mutually exclusive`;
    const fix = `give exactly one of ${[...RECORDS.map(({ key }) => key), "rules"].join(", ")}`;
    throw new OidcRunnerError("POLICY_INVALID", what, { where, fix });
  }
  const [record] = records;
  if (record === undefined) {
    if (isGiven(asked)) {
      throw new OidcRunnerError("POLICY_INVALID", "audience belongs to typed subjects", {
        where: `${where}.audience`,
        fix: "put a rule on aud into rules",
      });
    }
    return [rules ?? {}];
  }
  const subject = input[record.key];
  const alternatives = record.rules(subject, `${where}.${record.key}`, decision);
  if (isGiven(asked)) {
    checkLiteral(asked, `${where}.audience`, /^\S+$/, "give the `aud` of the tokens");
  }
  const { of, fixed } = record.audience;
  const usual = of === undefined ? (fixed?.audience ?? pulumiAudience(organization)) : of(subject);
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
