import { OidcRunnerError } from "../errors";
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
} from "../policy";
import { compileCustom } from "./custom";
import { compileGithubActions } from "./github-actions";
import { compileGitlab } from "./gitlab";
import { compileKubernetes } from "./kubernetes";
import { checkLiteral, subjectInvalid } from "./literal";
import { compilePulumiDeployments } from "./pulumi-deployments";
import { compilePulumiEsc } from "./pulumi-esc";
import type { CompileSubject, Subjects } from "./types";

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

const COMPILERS: { [K in keyof Subjects]: CompileSubject<Subjects[K]> } = {
  kubernetes: compileKubernetes,
  githubActions: compileGithubActions,
  gitlab: compileGitlab,
  pulumiDeployments: compilePulumiDeployments,
  pulumiEsc: compilePulumiEsc,
  custom: compileCustom,
};

/** The names of the typed subjects. */
export const SUBJECT_KINDS = Object.keys(COMPILERS) as (keyof Subjects)[];

/**
 * Turns typed subjects into rules, access tokens into the fields of Pulumi Cloud, and checks every policy. Compiled ones stay as they are, so what was compiled
 * can be compiled again.
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
  const { kubernetes, githubActions, gitlab, pulumiDeployments, pulumiEsc, custom, ...plain } = input;
  const { audience, accessToken, ...given } = plain;
  // The API asks for the list, empty or not.
  const target =
    accessToken === undefined && given.tokenType !== undefined
      ? { ...given, tokenType: given.tokenType, authorizedPermissions: given.authorizedPermissions ?? [] }
      : { ...given, ...definitionTarget(tokenSelection(accessToken ?? {}, `${where}.accessToken`)) };
  const kind = subjectKind(input, where);
  const definitions =
    kind === undefined
      ? [target as PolicyDefinition]
      : rulesOf(kind, input, organization, where).map((rules) => ({ ...target, rules }));
  for (const definition of definitions) {
    checkDefinition(definition, where);
    checkLiteralParts(definition, where);
  }
  return definitions;
}

/** Which typed subject a definition has; undefined for plain rules. */
function subjectKind(input: DefinitionInput, where: string): keyof Subjects | undefined {
  const isGiven = (field: keyof DefinitionInput) => input[field] !== undefined && input[field] !== null;
  const given = [...SUBJECT_KINDS.filter(isGiven), ...(isGiven("rules") ? ["rules" as const] : [])];
  const [kind, ...others] = given;
  if (kind === undefined || others.length > 0) {
    const what =
      kind === undefined ? "nothing says whose tokens it is about" : `${given.join(" and ")} exclude each other`;
    const fix = `give exactly one of ${[...SUBJECT_KINDS, "rules"].join(", ")}`;
    throw new OidcRunnerError("POLICY_INVALID", what, { where, fix });
  }
  if (kind !== "rules") {
    return kind;
  }
  if (isGiven("audience")) {
    const fix = "put a rule on aud into rules";
    throw new OidcRunnerError("POLICY_INVALID", "audience belongs to typed subjects", {
      where: `${where}.audience`,
      fix,
    });
  }
  return undefined;
}

function rulesOf(kind: keyof Subjects, input: DefinitionInput, organization: string, where: string): Rules[] {
  const { decision, audience: asked } = input;
  const compile = COMPILERS[kind] as CompileSubject<unknown>;
  const { alternatives, audience = pulumiAudience(organization) } = compile(input[kind], `${where}.${kind}`, decision);
  if (asked !== undefined && asked !== null) {
    checkLiteral(asked, `${where}.audience`, /^\S+$/, "give the `aud` of the tokens");
  }
  const aud = asked ?? (decision === "deny" ? undefined : audience);
  if (aud === null) {
    const fix = "give `audience`: what the login in the environment asks for, such as aws:ORGANIZATION";
    throw subjectInvalid("the audience of these tokens follows from nothing else", `${where}.audience`, fix);
  }
  return alternatives.map((rules) => (aud === undefined ? rules : { aud, ...rules }));
}
