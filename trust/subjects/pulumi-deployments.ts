import { checkLiteral, PULUMI_NAME, PULUMI_ORGANIZATION, subjectInvalid } from "./literal";
import type { CompileSubject, DeploymentOperation, PulumiDeploymentsSubject } from "./types";

/** `OperationContextRequest.operation` (pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/cloud/spec.json). */
const OPERATIONS: readonly DeploymentOperation[] = [
  ...(["preview", "update", "refresh", "destroy"] as const),
  ...(["detect-drift", "remediate-drift"] as const),
];

/**
 * Rules for a stack that Pulumi Deployments runs: subject
 * `pulumi:deploy:org:ORGANIZATION:project:PROJECT:stack:STACK:operation:OPERATION:scope:write`, audience the organization's bare
 * name (Pulumi documentation, "Pulumi Deployments: OIDC"). Without an operation the linter warns: a preview, which a pull
 * request may start, is then trusted like an update.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export const compilePulumiDeployments: CompileSubject<PulumiDeploymentsSubject> = (subject, where) => {
  const { organization, project, stack, operation } = subject;
  for (const [field, value] of Object.entries({ organization, project, stack })) {
    const form = field === "organization" ? PULUMI_ORGANIZATION : PULUMI_NAME;
    checkLiteral(value, `${where}.${field}`, form, `give the ${field}'s name alone`);
  }
  if (operation !== undefined && !OPERATIONS.includes(operation)) {
    const fix = `use one of ${OPERATIONS.join(", ")}`;
    throw subjectInvalid(`"${String(operation)}" is no operation of a deployment`, `${where}.operation`, fix);
  }
  const sub = `pulumi:deploy:org:${organization}:project:${project}:stack:${stack}:operation:${operation ?? "*"}:scope:write`;
  return { alternatives: [{ sub }], audience: organization };
};
