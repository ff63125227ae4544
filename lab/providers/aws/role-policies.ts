import { type CloudResource, withAutoname } from "../cloud";
import type { LabClient } from "../lab-client";
import { arnMistake } from "./forms";
import { jsonText } from "./json-text";

const rolePath = (role: unknown) => `/aws/roles/${encodeURIComponent(String(role))}`;

/** `aws:iam/rolePolicyAttachment:RolePolicyAttachment`. */
export function attachmentResource(lab: LabClient): CloudResource {
  return {
    inputs: { policyArn: "string", role: "string" },
    forms: { policyArn: arnMistake("policy_arn") },
    required: ["policyArn", "role"],
    forceNew: ["policyArn", "role"],
    computed: [],
    async create({ role, policyArn }) {
      await lab.call("PUT", `${rolePath(role)}/attached/${encodeURIComponent(String(policyArn))}`);
      return { id: `${String(role)}/${String(policyArn)}`, outputs: { role, policyArn } };
    },
    async read(id) {
      const [role, policyArn] = splitId(id, "/");
      const attached = await lab.find<string[]>(`${rolePath(role)}/attached`);
      if (!attached?.includes(policyArn)) {
        return undefined;
      }
      return { inputs: { role, policyArn }, outputs: { role, policyArn } };
    },
    async delete(_id, { role, policyArn }) {
      await lab.call("DELETE", `${rolePath(role)}/attached/${encodeURIComponent(String(policyArn))}`);
    },
  };
}

/** `aws:iam/rolePolicy:RolePolicy`: a policy inside the role. */
export function rolePolicyResource(lab: LabClient): CloudResource {
  const path = (role: unknown, name: unknown) => `${rolePath(role)}/inline/${encodeURIComponent(String(name))}`;
  return {
    inputs: { name: "string", namePrefix: "string", policy: "json", role: "string" },
    required: ["policy", "role"],
    forceNew: ["name", "namePrefix", "role"],
    computed: [],
    json: ["policy"],
    nameInput: "name",
    check: (inputs, context) => ({ ...withAutoname(inputs, context, 128), policy: jsonText(inputs.policy) }),
    async create({ role, name, namePrefix = "", policy }) {
      await lab.call("PUT", path(role, name), { policy });
      return { id: `${String(role)}:${String(name)}`, outputs: { role, name, namePrefix, policy } };
    },
    async read(id) {
      const [role, name] = splitId(id, ":");
      const found = await lab.find<{ policy: string }>(path(role, name));
      return found && { inputs: { role, name, ...found }, outputs: { role, name, ...found } };
    },
    async update(_id, { role, name, namePrefix = "", policy }) {
      await lab.call("PUT", path(role, name), { policy });
      return { role, name, namePrefix, policy };
    },
    async delete(_id, { role, name }) {
      await lab.call("DELETE", path(role, name));
    },
  };
}

// Neither character can be in a role's name.
function splitId(id: string, separator: string): [string, string] {
  const at = id.indexOf(separator);
  return at < 0 ? [id, ""] : [id.slice(0, at), id.slice(at + 1)];
}
