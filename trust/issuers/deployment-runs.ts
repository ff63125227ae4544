import type { Claims } from "../claims";
import { checkLiteral, subjectInvalid } from "./literal";
import { PULUMI_ISSUER, PULUMI_NAME, PULUMI_ORGANIZATION } from "./pulumi";
import { type DeploymentOperation, deploymentSubject, OPERATIONS, pulumiDeployments } from "./pulumi-deployments";

/** Stacks by their names; `*` alone stands for any stack of the project, and for any project. */
export interface StackPattern {
  project: string;
  stack: string;
}

/** Runs of Pulumi Deployments that a cloud is to trust. */
export interface DeploymentRuns {
  organization: string;
  stacks: readonly StackPattern[];
  operations: readonly DeploymentOperation[];
  /** `iss` of their tokens. Default: that of Pulumi Cloud. */
  issuer?: string;
}

/** What a stack's settings are for when nothing else is said. Drift runs are left out: see `checkOperations` of the linter. */
export const USUAL_OPERATIONS: readonly DeploymentOperation[] = ["preview", "update", "refresh", "destroy"];

/** Stands for any name. */
export const ANY = "*";

/** Names that stand for any: a trust of any stack is tried with them. */
const SOME = { project: "some-project", stack: "some-stack" };

/**
 * Refuses an organization that is not one.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkRunsOrganization(organization: string, where = "organization"): void {
  checkLiteral(organization, where, PULUMI_ORGANIZATION, "give the organization's name alone");
}

/**
 * Refuses a stack with a wildcard in a part of a name, and one stack name of all projects: a member who may create a project may
 * give its stack that name.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkStackPattern({ project, stack }: StackPattern, where: string): void {
  for (const [field, value] of Object.entries({ project, stack })) {
    if (value !== ANY) {
      const fix = `give the ${field}'s name alone, or "*" for any`;
      if (typeof value !== "string" || !PULUMI_NAME.test(value)) {
        throw subjectInvalid(`"${String(value)}" can't be this`, `${where}.${field}`, fix);
      }
    }
  }
  if (project === ANY && stack !== ANY) {
    const what = `the stack name ${stack} in any project restricts nothing: new projects can have it`;
    throw subjectInvalid(
      what,
      where,
      'name the project, or give stack: "*" as well where the whole organization is meant',
    );
  }
}

/**
 * Refuses an empty list of stacks, and one that is there twice.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkStackPatterns(stacks: readonly StackPattern[], where = "stacks"): void {
  if (!Array.isArray(stacks) || stacks.length === 0) {
    throw subjectInvalid(
      "there is no stack to trust",
      where,
      'give stacks, such as [{ project: "site", stack: "prod" }]',
    );
  }
  const seen = new Set<string>();
  stacks.forEach((pattern, index) => {
    checkStackPattern(pattern, `${where}[${index}]`);
    const name = `${pattern.project}/${pattern.stack}`;
    if (seen.has(name)) {
      throw subjectInvalid(`${name} is there twice`, `${where}[${index}]`, "name each stack once");
    }
    seen.add(name);
  });
}

/**
 * Refuses operations that Pulumi Deployments does not have, none, and one that is there twice.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkOperationList(operations: readonly DeploymentOperation[], where = "operations"): void {
  const wrong = operations.find(
    (operation, index) => !OPERATIONS.includes(operation) || operations.indexOf(operation) !== index,
  );
  if (operations.length === 0 || wrong !== undefined) {
    const what =
      wrong === undefined ? "there is no operation to trust" : `"${String(wrong)}" is unknown or there twice`;
    throw subjectInvalid(what, where, `use some of ${OPERATIONS.join(", ")}`);
  }
}

/** The subjects of the runs, one for each stack and operation; with `*` where any stack is meant. */
export function runSubjects({ organization, stacks, operations }: DeploymentRuns): string[] {
  return each(stacks, operations).map((run) => deploymentSubject({ organization, ...run, scope: "write" }));
}

/**
 * Attributes of Google Cloud for a run, and the claims they are made of: its own subject (`pulumi:deploy:…`, 57 bytes with empty
 * names) leaves little of the 127 bytes that google.subject holds. The claims repeat the subject (pulumi/docs at 3d8a9c61,
 * content/docs/deployments/guides/oidc/_index.md, "Custom claims"); names have no slash.
 */
export const RUN_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  "google.subject": ["project", "stack", "operation"],
  "attribute.stack": ["project", "stack"],
  "attribute.operation": ["operation"],
  "attribute.project_operation": ["project", "operation"],
};

/** The attribute by which each of the runs is known, in the order of their subjects. */
export function runIdentities({ stacks, operations }: DeploymentRuns): { attribute: string; value: string }[] {
  return each(stacks, operations).map(({ project, stack, operation }) => {
    if (stack !== ANY) return { attribute: "google.subject", value: `${project}/${stack}/${operation}` };
    return project === ANY
      ? { attribute: "attribute.operation", value: operation }
      : { attribute: "attribute.project_operation", value: `${project}/${operation}` };
  });
}

/** How the subjects of an organization's runs begin and end. */
export function runAffixes(organization: string): { start: string; end: string } {
  return { start: `pulumi:deploy:org:${organization}:`, end: ":scope:write" };
}

/** Tokens of the runs, with all claims that repeat the subject; of any stack, one that has some name. */
export function runTokens(runs: DeploymentRuns): Claims[] {
  return each(runs.stacks, runs.operations).map((run) =>
    token(runs, {
      ...run,
      ...(run.project === ANY && { project: SOME.project }),
      ...(run.stack === ANY && { stack: SOME.stack }),
    }),
  );
}

/** Tokens that resemble those of the runs and are none of them. */
export function runNeighbours(runs: DeploymentRuns): Claims[] {
  const isWanted = ({ org, project, stack, operation, scope, aud }: Claims) =>
    org === runs.organization &&
    aud === runs.organization &&
    scope === "write" &&
    runs.operations.some((wanted) => wanted === operation) &&
    runs.stacks.some((one) => [ANY, project].includes(one.project) && [ANY, stack].includes(one.stack));
  return runTokens(runs)
    .flatMap((wanted) => pulumiDeployments.neighbours(wanted))
    .filter((neighbour) => !isWanted(neighbour));
}

interface Run extends StackPattern {
  operation: DeploymentOperation;
}

function each(stacks: readonly StackPattern[], operations: readonly DeploymentOperation[]): Run[] {
  return stacks.flatMap(({ project, stack }) => operations.map((operation) => ({ project, stack, operation })));
}

function token({ organization, issuer = PULUMI_ISSUER }: DeploymentRuns, run: Run): Claims {
  const parts = { organization, ...run, scope: "write" };
  return { iss: issuer, aud: organization, sub: deploymentSubject(parts), org: organization, ...run, scope: "write" };
}
