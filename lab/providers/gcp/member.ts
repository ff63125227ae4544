import type { Properties } from "../../../plugin/server";
import { type CloudResource, type InputType, ServiceError } from "../cloud";
import type { LabClient } from "../lab-client";

/** On what a member gets a role. */
export interface MemberTarget {
  /** The input that names it, and must be given. */
  input: "serviceAccountId" | "project" | "name";
  /** Further inputs that say where it is. Default: none. */
  besides?: string[];
  /** Fills in what may be left out. Default: nothing. */
  check?: CloudResource["check"];
  /** The resource's full name, for the lab. */
  resource: (inputs: Properties) => string;
}

/** `gcp:serviceaccount/iAMMember:IAMMember`, `gcp:projects/iAMMember:IAMMember` and `gcp:cloudrunv2/serviceIamMember:ServiceIamMember`: one member with one role. */
export function memberResource(lab: LabClient, { input, besides = [], check, resource }: MemberTarget): CloudResource {
  const condition = { description: "string?", expression: "string", title: "string" } as const;
  const where = Object.fromEntries([input, ...besides].map((name) => [name, "string" as const]));
  const inputs: Record<string, InputType> = { ...where, role: "string", member: "string", condition };
  const names = Object.keys(inputs);
  const grant = (properties: Properties) => {
    const { role, member, condition: only } = properties;
    return { resource: resource(properties), role, member, condition: only ?? undefined };
  };
  const pick = (properties: Properties) => Object.fromEntries(names.map((key) => [key, properties[key]]));
  return {
    inputs,
    required: input === "name" ? ["role", "member"] : [input, "role", "member"],
    ...(check !== undefined && { check }),
    forceNew: names,
    computed: ["etag"],
    async create(properties) {
      await lab.call("POST", "/gcp/grants/add", grant(properties));
      const id = [properties[input], properties.role, properties.member].map(String).join("/");
      return { id, outputs: { ...pick(properties), etag: "" } };
    },
    async read(_id, state) {
      try {
        const { found } = await lab.call<{ found: boolean }>("POST", "/gcp/grants/find", grant(state));
        return found ? { inputs: pick(state), outputs: { ...pick(state), etag: "" } } : undefined;
      } catch (error) {
        // With the service account its grants are gone.
        if (error instanceof ServiceError && error.httpStatus === 404) {
          return undefined;
        }
        throw error;
      }
    },
    async delete(_id, state) {
      await lab.call("POST", "/gcp/grants/remove", grant(state));
    },
  };
}
