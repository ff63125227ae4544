import type { AccessTokenGrant } from "../access-tokens";
import type { CloudContext } from "../context";
import { type Environment, type EscEnvironment, evaluatorName, parseImport, type Revision } from "../environment";
import { ApiError } from "../errors";
import type { Organization } from "../organization";
import { type Diagnostic, type Evaluation, type EvaluationRequest, evaluate } from "./evaluator";
import { logIn } from "./logins";

/** What a definition that was not saved is called (pulumi/pulumi at v3.259.0, sdk/go/common/esc/environment.go). */
export const UNSAVED = "<yaml>";

/** Who evaluates a definition. */
export interface Caller {
  grant: AccessTokenGrant;
  organization: Organization;
}

/** A definition that the evaluator refuses; the answer has what it found. */
export class DefinitionRefused extends ApiError {
  constructor(readonly diagnostics: Diagnostic[]) {
    super(400, "the environment definition has errors");
  }
}

/**
 * Evaluates a definition as a caller, with the environments of the caller's organization to import.
 *
 * @throws DefinitionRefused
 */
export async function evaluateAs(
  context: CloudContext,
  { grant, organization }: Caller,
  request: Omit<EvaluationRequest, "key" | "context">,
): Promise<Evaluation> {
  // A machine's token bears the organization's name, see `userAnswer`.
  const user = grant.user ?? organization.name;
  const about = (text: string) => {
    const environment = text === UNSAVED ? undefined : parseImport(text);
    return environment === undefined
      ? { name: text, id: undefined }
      : { name: evaluatorName(environment), id: organization.environment(environment)?.id };
  };
  const evaluation = await evaluate(
    context.escEvaluator,
    {
      ...request,
      key: organization.secretsKey,
      context: { pulumi: { user: { login: user }, organization: { login: organization.name } } },
    },
    {
      environment: (name) => {
        const imported = parseImport(name);
        return revisionOf(environmentOf(organization, imported), imported.version).definition;
      },
      login: (login) => {
        const [root, current] = [about(login.root), about(login.current)];
        return logIn(context, login, {
          organization: organization.name,
          organizationId: organization.id,
          opened: request.name,
          root: root.name,
          rootId: root.id,
          current: current.name,
          currentId: current.id,
          user,
        });
      },
    },
  );
  if (evaluation.diagnostics.some(({ severity }) => severity !== "warning")) {
    throw new DefinitionRefused(evaluation.diagnostics);
  }
  return evaluation;
}

/** @throws ApiError 404 */
export function environmentOf(organization: Organization, named: EscEnvironment): Environment {
  const environment = organization.environment(named);
  if (environment === undefined) {
    throw new ApiError(404, `environment '${named.project}/${named.name}' not found`);
  }
  return environment;
}

/** @throws ApiError 404 */
export function revisionOf(environment: Environment, version = "latest"): Revision {
  const revision = environment.revision(version);
  if (revision === undefined) {
    throw new ApiError(404, `version '${version}' not found`);
  }
  return revision;
}
