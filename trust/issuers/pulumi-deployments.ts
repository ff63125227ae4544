import { claimValues } from "../claims";
import { checkLiteral, subjectInvalid } from "./literal";
import { namesLike, neighboursOf } from "./near-misses";
import { PULUMI_ISSUER, PULUMI_NAME, PULUMI_ORGANIZATION, pulumi } from "./pulumi";
import type { IssuerRecord } from "./record";

/** What Pulumi Deployments does with a stack. */
export type DeploymentOperation = "preview" | "update" | "refresh" | "destroy" | "detect-drift" | "remediate-drift";

/** A stack that Pulumi Deployments runs: `pulumi:deploy:org:…:project:…:stack:…:operation:…:scope:write`. */
export interface PulumiDeploymentsSubject {
  /** Organization of the stack. */
  organization: string;
  /** Project of the stack. */
  project: string;
  /** Name of the stack. */
  stack: string;
  /** What the run does. Default: any, of which the linter warns. What the token of a drift run names was not verified, so the two drift operations are warned of. */
  operation?: DeploymentOperation;
}

/** `OperationContextRequest.operation` (pulumi/pulumi-pulumiservice at dc76a018, provider/pkg/cloud/spec.json). */
export const OPERATIONS: readonly DeploymentOperation[] = [
  "preview",
  "update",
  "refresh",
  "destroy",
  "detect-drift",
  "remediate-drift",
];

/** Pulumi Deployments (Pulumi documentation, "Pulumi Deployments: OIDC"). */
export const pulumiDeployments: IssuerRecord<"pulumiDeployments", PulumiDeploymentsSubject> = {
  ...pulumi,
  key: "pulumiDeployments",
  name: "Pulumi Deployments",
  urls: [PULUMI_ISSUER],
  signs: (url) => url === PULUMI_ISSUER,
  suggested: ["org", "project", "stack", "operation"],
  audience: { rule: "the organization's bare name", of: ({ organization }) => organization },
  getToken: "each run has it in the variable PULUMI_OIDC_TOKEN and in the file /mnt/pulumi/pulumi.oidc",

  /**
   * The subject is `pulumi:deploy:org:ORGANIZATION:project:PROJECT:stack:STACK:operation:OPERATION:scope:write`. Without an
   * operation the linter warns: a preview, which a pull request may start, is then trusted like an update.
   */
  rules({ organization, project, stack, operation }, where) {
    for (const [field, value] of Object.entries({ organization, project, stack })) {
      const form = field === "organization" ? PULUMI_ORGANIZATION : PULUMI_NAME;
      checkLiteral(value, `${where}.${field}`, form, `give the ${field}'s name alone`);
    }
    if (operation !== undefined && !OPERATIONS.includes(operation)) {
      const fix = `use one of ${OPERATIONS.join(", ")}`;
      throw subjectInvalid(`"${String(operation)}" is not an operation of a deployment`, `${where}.operation`, fix);
    }
    return [{ sub: deploymentSubject({ organization, project, stack, operation: operation ?? "*", scope: "write" }) }];
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, organization, project, stack, operation, scope] =
      /^pulumi:deploy:org:([^:]+):project:([^:]+):stack:([^:]+):operation:([^:]+):scope:([^:]+)$/.exec(sub) ?? [];
    return neighboursOf(
      claims,
      open,
      organization === undefined ? undefined : { organization, project, stack, operation, scope },
      {
        organization: namesLike,
        project: namesLike,
        stack: namesLike,
        operation: () => [...OPERATIONS],
        scope: namesLike,
      },
      (run) => ({ sub: deploymentSubject(run), ...run, org: run.organization }),
    );
  },
};

/** `sub` of a run's token. */
export function deploymentSubject(
  run: Record<"organization" | "project" | "stack" | "operation" | "scope", string | undefined>,
): string {
  return `pulumi:deploy:org:${run.organization}:project:${run.project}:stack:${run.stack}:operation:${run.operation}:scope:${run.scope}`;
}
