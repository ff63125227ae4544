import { matchesGlob } from "../../trust/pattern";
import type { Role, Roles } from "./roles";

interface PermissionStatement {
  Effect: "Allow" | "Deny";
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: object;
}

/** The one managed policy whose text the lab knows. */
const ADMINISTRATOR = /^arn:[a-z-]+:iam::aws:policy\/AdministratorAccess$/;

/**
 * Whether a role's own policies let its sessions ask for another role. Of managed policies only `AdministratorAccess` is
 * known; a condition counts against the request: an allow under one does not apply, a deny does.
 */
export function mayAssume(roles: Roles, role: Role, action: string, target: string): boolean {
  const statements = roles.inlinePolicies(role.name).flatMap((text) => {
    const { Statement } = JSON.parse(text) as { Statement: PermissionStatement | PermissionStatement[] };
    return Statement;
  });
  const applying = statements.filter(
    ({ Action, NotAction, Resource, NotResource }) =>
      applies(Action, NotAction, (text) => matchesGlob(text.toLowerCase(), action.toLowerCase())) &&
      applies(Resource, NotResource, (text) => matchesGlob(text, target)),
  );
  const allows = applying.some(({ Effect, Condition }) => Effect === "Allow" && Condition === undefined);
  const isAdministrator = roles.attachedPolicies(role.name).some((arn) => ADMINISTRATOR.test(arn));
  return (allows || isAdministrator) && !applying.some(({ Effect }) => Effect === "Deny");
}

function applies(
  these: string | string[] | undefined,
  allBut: string | string[] | undefined,
  matches: (text: string) => boolean,
): boolean {
  return [these ?? allBut ?? []].flat().some(matches) === (these !== undefined);
}
