import type { Deployment } from "../stack";

/** Longest name of a session that AWS takes. */
const LONGEST = 64;

/**
 * The name of an AWS session with its variables filled in. Where it would be too long the names of the organization, the project and
 * the stack are cut at their ends, the longest first (pulumi/docs at 0366b9fd, content/docs/deployments/guides/oidc/aws.md).
 */
export function sessionName(
  template: string,
  { id, version, run }: Pick<Deployment, "id" | "version" | "run">,
): string {
  const names = [run.organization, run.project, run.stack];
  const filled = () => {
    const [organization, project, stack] = names;
    const values: Record<string, string | undefined> = {
      ...{ "organization.name": organization, "project.name": project, "stack.name": stack },
      ...{ "deployment.operation": run.operation, "deployment.version": String(version), "deployment.id": id },
    };
    return template.replace(/\$\{([a-z.]+)\}/g, (variable, name: string) => values[name] ?? variable);
  };
  while (filled().length > LONGEST && names.some((name) => name.length > 1)) {
    const longest = names.reduce((one, name, index) => (name.length > (names[one]?.length ?? 0) ? index : one), 0);
    names[longest] = (names[longest] ?? "").slice(0, -1);
  }
  return filled();
}
