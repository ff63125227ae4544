import type { Properties } from "../../../plugin/server";
import type { Role } from "../../aws";
import { type CloudResource, withAutoname } from "../cloud";
import type { LabClient } from "../lab-client";
import { arnMistake } from "./forms";
import { jsonText } from "./json-text";

/** `aws:iam/role:Role`. */
export function roleResource(lab: LabClient): CloudResource {
  const path = (name: string) => `/aws/roles/${encodeURIComponent(name)}`;
  return {
    inputs: {
      assumeRolePolicy: "json",
      description: "string",
      forceDetachPolicies: "boolean",
      inlinePolicies: "objects",
      managedPolicyArns: "strings",
      maxSessionDuration: "number",
      name: "string",
      namePrefix: "string",
      path: "string",
      permissionsBoundary: "string",
      tags: "tags",
    },
    unsupported: ["inlinePolicies", "managedPolicyArns"],
    forms: { permissionsBoundary: arnMistake("permissions_boundary") },
    required: ["assumeRolePolicy"],
    forceNew: ["name", "namePrefix", "path"],
    computed: ["arn", "createDate", "uniqueId", "tagsAll", "managedPolicyArns", "inlinePolicies"],
    json: ["assumeRolePolicy"],
    nameInput: "name",
    check: (inputs, context) => ({
      ...withAutoname(inputs, context, 64),
      assumeRolePolicy: jsonText(inputs.assumeRolePolicy),
      forceDetachPolicies: inputs.forceDetachPolicies ?? false,
      maxSessionDuration: inputs.maxSessionDuration ?? 3600,
      path: inputs.path ?? "/",
    }),
    async create(inputs) {
      const role = await lab.call<Role>("POST", "/aws/roles", {
        ...settings(inputs),
        name: inputs.name,
        path: inputs.path,
      });
      return { id: role.name, outputs: outputs(role, inputs) };
    },
    async read(id, state) {
      const role = await lab.find<Role>(path(id));
      if (role === undefined) {
        return undefined;
      }
      const { name, assumeRolePolicy, description, maxSessionDuration, permissionsBoundary, tags } = role;
      const inputs = {
        name,
        assumeRolePolicy,
        description,
        maxSessionDuration,
        permissionsBoundary,
        tags,
        path: role.path,
        forceDetachPolicies: state.forceDetachPolicies ?? false,
      };
      return { inputs, outputs: outputs(role, { ...state, ...inputs }) };
    },
    async update(id, inputs) {
      return outputs(await lab.call<Role>("PUT", path(id), settings(inputs)), inputs);
    },
    async delete(id, state) {
      await lab.call("DELETE", `${path(id)}?force=${state.forceDetachPolicies === true}`);
    },
  };
}

function settings(inputs: Properties) {
  return {
    assumeRolePolicy: inputs.assumeRolePolicy,
    description: inputs.description ?? "",
    maxSessionDuration: inputs.maxSessionDuration,
    permissionsBoundary: inputs.permissionsBoundary ?? "",
    tags: inputs.tags ?? {},
  };
}

function outputs(role: Role, inputs: Properties): Properties {
  const { arn, assumeRolePolicy, createDate, description, maxSessionDuration, name, uniqueId, tags } = role;
  return {
    arn,
    assumeRolePolicy,
    createDate,
    description,
    maxSessionDuration,
    name,
    path: role.path,
    uniqueId,
    tags,
    forceDetachPolicies: inputs.forceDetachPolicies,
    inlinePolicies: [],
    managedPolicyArns: [],
    namePrefix: inputs.namePrefix ?? "",
    permissionsBoundary: role.permissionsBoundary === "" ? undefined : role.permissionsBoundary,
    tagsAll: tags,
  };
}
