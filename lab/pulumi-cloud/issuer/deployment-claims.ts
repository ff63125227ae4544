import type { DeploymentOperation } from "../../../trust/issuers";
import { uuid } from "../../uuid";
import type { DeploymentRun } from "../stack";
import type { Switches } from "../switches";

/** The command that a drift run runs (pulumi.com/docs/deployments/concepts/drift): a refresh that is only shown, and an update. */
const COMMANDS: Partial<Record<DeploymentOperation, DeploymentOperation>> = {
  "detect-drift": "refresh",
  "remediate-drift": "update",
};

/**
 * Claims of the token that Pulumi Deployments gives a run, without `iss` and times (pulumi/docs,
 * deployments/guides/oidc/_index.md at 3d8a9c61). What a drift run's token says is a switch.
 */
export function deploymentClaims(run: DeploymentRun, { driftOperation }: Switches): Record<string, string> {
  const { organization, project, stack } = run;
  const operation = (driftOperation === "command" ? COMMANDS[run.operation] : undefined) ?? run.operation;
  const scope = "write";
  const sub = `pulumi:deploy:org:${organization}:project:${project}:stack:${stack}:operation:${operation}:scope:${scope}`;
  const stackId = uuid(`${organization}/${project}/${stack}`);
  const deployment = uuid(sub);
  return { aud: organization, sub, org: organization, project, stack, stackId, operation, scope, deployment };
}
