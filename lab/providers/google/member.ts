import type { CloudResource } from "../cloud/resource";
import { ServiceError } from "../cloud/service-error";
import type { LabClient } from "../lab-client";
import type { Properties } from "../plugin/provider";

/** On what a member gets a role. */
export interface MemberTarget {
  /** The input that names it. */
  input: "serviceAccountId" | "project";
  /** The resource's full name, for the lab. */
  resource: (inputs: Properties) => string;
}

/** `gcp:serviceaccount/iAMMember:IAMMember` and `gcp:projects/iAMMember:IAMMember`: one member with one role. */
export function memberResource(lab: LabClient, { input, resource }: MemberTarget): CloudResource {
  const inputs = [input, "role", "member", "condition"];
  const grant = (properties: Properties) => {
    const { role, member, condition } = properties;
    return { resource: resource(properties), role, member, condition: condition ?? undefined };
  };
  const pick = (properties: Properties) => Object.fromEntries(inputs.map((key) => [key, properties[key]]));
  return {
    inputs,
    required: [input, "role", "member"],
    forceNew: inputs,
    computed: ["etag"],
    async create(properties) {
      await lab.call("POST", "/google/grants/add", grant(properties));
      const id = [properties[input], properties.role, properties.member].map(String).join("/");
      return { id, outputs: { ...pick(properties), etag: "" } };
    },
    async read(_id, state) {
      try {
        const { found } = await lab.call<{ found: boolean }>("POST", "/google/grants/find", grant(state));
        return found ? { inputs: pick(state), outputs: { ...pick(state), etag: "" } } : undefined;
      } catch (error) {
        // With the service account its grants are gone.
        if (error instanceof ServiceError && error.httpStatus === 404) return undefined;
        throw error;
      }
    },
    async delete(_id, state) {
      await lab.call("POST", "/google/grants/remove", grant(state));
    },
  };
}
