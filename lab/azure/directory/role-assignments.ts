import { LAB_SUBSCRIPTION_ID } from "../tenant";
import { azureError } from "./errors";

/** A role that a principal has on a scope. */
export interface RoleAssignment {
  /** `SCOPE/providers/Microsoft.Authorization/roleAssignments/NAME`. */
  id: string;
  /** A GUID. */
  name: string;
  scope: string;
  principalId: string;
  principalType: string;
  /** `/subscriptions/ID/providers/Microsoft.Authorization/roleDefinitions/GUID`. */
  roleDefinitionId: string;
  condition: string;
  conditionVersion: string;
  description: string;
}

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Role assignments of Azure Resource Manager (Azure documentation, "Troubleshoot Azure RBAC"). Ids ignore case. */
export class RoleAssignments {
  readonly #all = new Map<string, RoleAssignment>();
  readonly #hasPrincipal: (id: string) => boolean;

  /** `hasPrincipal`: whether the directory has a service principal of this object id. */
  constructor(hasPrincipal: (id: string) => boolean) {
    this.#hasPrincipal = hasPrincipal;
  }

  list(): RoleAssignment[] {
    return [...this.#all.values()];
  }

  /** @throws ServiceError where there is none */
  get(id: string): RoleAssignment {
    const found = this.#all.get(id.toLowerCase());
    if (found === undefined) {
      throw azureError(404, "RoleAssignmentNotFound", `The role assignment '${id.split("/").at(-1)}' is not found.`);
    }
    return found;
  }

  create(assignment: Omit<RoleAssignment, "id">): RoleAssignment {
    const { scope, name, principalId, principalType, roleDefinitionId } = assignment;
    if (!GUID.test(name)) {
      const what = `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`;
      throw azureError(400, "InvalidRoleAssignmentId", what);
    }
    const [, subscription] = /^\/subscriptions\/([^/]+)/i.exec(scope) ?? [];
    if (subscription !== undefined && subscription.toLowerCase() !== LAB_SUBSCRIPTION_ID) {
      throw azureError(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
    }
    if (!/\/providers\/Microsoft\.Authorization\/roleDefinitions\/[\da-f-]{36}$/i.test(roleDefinitionId)) {
      const what = `The specified role definition with ID '${roleDefinitionId}' does not exist.`;
      throw azureError(400, "RoleDefinitionDoesNotExist", what);
    }
    if (!this.#hasPrincipal(principalId)) {
      const what = `Principal ${principalId.replaceAll("-", "")} does not exist in the directory. Check that you have the correct principal ID.`;
      throw azureError(400, "PrincipalNotFound", what);
    }
    if (principalType !== "ServicePrincipal") {
      const what = `The PrincipalId '${principalId.replaceAll("-", "")}' has type 'ServicePrincipal', which is different from specified PrinciaplType '${principalType}'.`;
      throw azureError(400, "UnmatchedPrincipalType", what);
    }
    const key = (one: Omit<RoleAssignment, "id">) =>
      [one.scope, one.principalId, one.roleDefinitionId].join(" ").toLowerCase();
    if (this.list().some((other) => key(other) === key(assignment))) {
      throw azureError(409, "RoleAssignmentExists", "The role assignment already exists.");
    }
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
    const made = { ...assignment, id };
    this.#all.set(id.toLowerCase(), made);
    return made;
  }

  remove(id: string): void {
    this.#all.delete(this.get(id).id.toLowerCase());
  }
}
