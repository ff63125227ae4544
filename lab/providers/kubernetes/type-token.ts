import { OidcRunnerError } from "../../../trust";

/** Kind of the objects of a resource type. */
export interface GroupVersionKind {
  apiVersion: string;
  kind: string;
}

// Built by the official provider from others' tools, or changing objects they do not own: no object of their own.
const NOT_OBJECTS = /^kubernetes:(helm\.sh|kustomize|yaml)[/:]|:(\w+List|\w+Patch)$/;

/** `kubernetes:core/v1:ConfigMap` → `v1`, `ConfigMap`. */
export function fromTypeToken(type: string): GroupVersionKind {
  const [, apiVersion = "", kind = ""] = type.split(":");
  if (NOT_OBJECTS.test(type) || kind === "") {
    throw new OidcRunnerError("LAB_UNSUPPORTED_RESOURCE", `the lab's kubernetes provider does not support ${type}`, {
      fix: "use the kind's own resource, or run the program with the official provider",
    });
  }
  return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}
