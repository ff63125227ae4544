import {
  type CheckFailure,
  hasUnknown,
  isRecord,
  isSecret,
  type Properties,
  plain,
  secret,
} from "../../../plugin/server";
import type { CloudResource, Fields, InputType } from "./resource";

/**
 * Holds inputs against the resource's inputs in the real package, and gives them without nulls and in the types they have there.
 * The words are those of Pulumi's bridge to Terraform providers, which passes names that it does not know on to them
 * (pulumi/pulumi-terraform-bridge at 0b26481c31d8, pkg/tfbridge/check_failures.go); stricter in one point: a number or
 * boolean for a text is refused, which some of these providers convert.
 */
export function checkInputs(
  resource: CloudResource,
  name: string,
  given: Properties,
): { inputs: Properties; failures: CheckFailure[] } {
  const inputs: Properties = {};
  const failures: CheckFailure[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("__")) {
      inputs[key] = value;
      continue;
    }
    if (isNull(value)) {
      continue;
    }
    const type = Object.hasOwn(resource.inputs, key) ? resource.inputs[key] : undefined;
    const fail = (reason: string) => failures.push({ property: key, reason });
    if (type === undefined) {
      fail(`Invalid or unknown key. Examine values at '${name}.${key}'.`);
    } else if (resource.unsupported?.includes(key)) {
      if (!isEmpty(value)) {
        fail("LAB_UNSUPPORTED_ARGUMENT: the lab does not support it");
      }
    } else {
      inputs[key] = typed(value, type, key, (path, wanted, got) =>
        fail(`expected ${wanted} type, got ${got} type. Examine values at '${name}.${path}'.`),
      );
      const wrong = hasUnknown(value) ? undefined : resource.forms?.[key]?.(plain(inputs[key]));
      if (wrong !== undefined) {
        fail(`${wrong}. Examine values at '${name}.${key}'.`);
      }
    }
  }
  for (const property of resource.required) {
    if (isNull(given[property])) {
      failures.push({ property, reason: `Missing required property '${property}'` });
    }
  }
  return { inputs, failures };
}

/** What counts as not given. */
export function isEmpty(value: unknown): boolean {
  return isNull(value) || value === "" || (Array.isArray(value) && value.length === 0);
}

function isNull(value: unknown): boolean {
  return value === undefined || value === null || (isSecret(value) && isNull(value.value));
}

type Complaint = (path: string, wanted: string, got: string) => void;

function typed(value: unknown, type: InputType, path: string, complain: Complaint): unknown {
  if (isSecret(value)) {
    return secret(typed(value.value, type, path, complain));
  }
  // A value that is not known yet is a text, whatever its type will be.
  if (typeof value === "string" && hasUnknown(value)) {
    return value;
  }
  const wrong = (wanted: string) => {
    complain(path, wanted, kindOf(value));
    return value;
  };
  if (typeof type === "object") {
    if (!isRecord(value)) {
      return wrong("object");
    }
    return typedFields(value, type, path, complain);
  }
  switch (type) {
    case "string":
      return typeof value === "string" ? value : wrong("string");
    case "json":
      return typeof value === "string" || isRecord(value) ? value : wrong("string or object");
    case "boolean":
      if (value === "true" || value === "false") {
        return value === "true";
      }
      return typeof value === "boolean" ? value : wrong("boolean");
    case "number":
      if (typeof value === "string" && /^[+-]?\d+$/.test(value)) {
        return Number(value);
      }
      return typeof value === "number" ? value : wrong("number");
    case "strings":
      if (!Array.isArray(value)) {
        return wrong("array");
      }
      return value.map((item, index) => typed(item, "string", `${path}[${index}]`, complain));
    case "tags":
      if (!isRecord(value)) {
        return wrong("object");
      }
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, typed(item, "string", `${path}.${key}`, complain)]),
      );
    case "object":
      return isRecord(value) ? value : wrong("object");
    case "objects":
      return Array.isArray(value) ? value : wrong("array");
  }
}

/** A nested object; a `?` after the type of a field says that it may be left out. */
function typedFields(value: Record<string, unknown>, fields: Fields, path: string, complain: Complaint): unknown {
  for (const [field, type] of Object.entries(fields)) {
    if (type === "string" && isNull(value[field])) {
      complain(`${path}.${field}`, "string", "no");
    }
  }
  const given = Object.entries(value).filter(([, item]) => !isNull(item));
  return Object.fromEntries(
    given.map(([key, item]) => {
      if (!Object.hasOwn(fields, key)) {
        complain(`${path}.${key}`, "no", kindOf(item));
      }
      const type = fields[key] === "strings?" ? "strings" : "string";
      return [key, typed(item, type, `${path}.${key}`, complain)];
    }),
  );
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}
