import type { Properties } from "../../../plugin/server";
import type { RoleAssignment } from "../../azure";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";
import { withName } from "./autoname";

/** `azure-native:authorization:RoleAssignment`. */
export function roleAssignmentResource(lab: LabClient): CloudResource {
  const path = (id: string) => `/azure/role-assignments/${encodeURIComponent(id)}`;
  const inputs = {
    condition: "string",
    conditionVersion: "string",
    delegatedManagedIdentityResourceId: "string",
    description: "string",
    principalId: "string",
    principalType: "string",
    roleAssignmentName: "string",
    roleDefinitionId: "string",
    scope: "string",
  } as const;
  return {
    inputs,
    unsupported: ["delegatedManagedIdentityResourceId"],
    required: ["principalId", "roleDefinitionId", "scope"],
    // Azure Resource Manager refuses every change (`RoleAssignmentUpdateNotPermitted`).
    forceNew: Object.keys(inputs),
    computed: ["azureApiVersion", "createdBy", "createdOn", "name", "systemData", "type", "updatedBy", "updatedOn"],
    nameInput: "roleAssignmentName",
    check: (given, context) => withName(given, { ...context, input: "roleAssignmentName", kind: "uuid" }),
    async create(given) {
      const made = await lab.call<RoleAssignment>("POST", "/azure/role-assignments", settings(given));
      return { id: made.id, outputs: outputs(made) };
    },
    async read(id) {
      const found = await lab.find<RoleAssignment>(path(id));
      return found && { inputs: inputsOf(found), outputs: outputs(found) };
    },
    async delete(id) {
      await lab.call("DELETE", path(id));
    },
  };
}

function settings(inputs: Properties) {
  const { principalId, principalType = "User", roleAssignmentName: name, roleDefinitionId, scope } = inputs;
  const { condition = "", conditionVersion = "", description = "" } = inputs;
  return { name, scope, principalId, principalType, roleDefinitionId, condition, conditionVersion, description };
}

function inputsOf({ id: _, name, ...assignment }: RoleAssignment): Properties {
  return { ...assignment, roleAssignmentName: name };
}

function outputs({ id: _, ...assignment }: RoleAssignment): Properties {
  return {
    ...assignment,
    ...{ azureApiVersion: "2022-04-01", createdBy: "", createdOn: "", systemData: {}, updatedBy: "", updatedOn: "" },
    type: "Microsoft.Authorization/roleAssignments",
  };
}
