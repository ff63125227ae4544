import { nearestName, OidcRunnerError } from "../../trust";
import { isPending } from "./lib";

/** What schema.json says of an argument, as far as it is read here. */
interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
}

type Properties = Record<string, Property>;

interface Schema {
  resources: Record<string, { inputProperties?: Properties }>;
  types: Record<string, { properties?: Properties; enum?: unknown[] }>;
}

const LOCAL = "#/types/";

/** What a value is called in errors, by the schema's word for it. */
const KINDS: Record<string, string> = { array: "a list", object: "an object" };

// Read when the first resource is made; the package's own name leads there from its sources and from its bundle.
const schema = () => require("pulumi-oidc-runner/schema.json") as Schema;

/**
 * Refuses arguments that a class does not have, in nested blocks too, and lists, objects and plain values in each other's
 * place: programs run without a type check too, and what is not read would go unnoticed. Names and types are those of
 * schema.json. What is not known yet is not looked into, nor are resources and the answers of look-ups, which have more
 * than is asked for.
 *
 * @param className last part of the type token, such as `EksOidcRunner`
 * @returns the arguments
 * @throws OidcRunnerError `ARGUMENT_UNKNOWN`, `ARGUMENT_INVALID`
 */
export function checkArguments<A extends object>(className: string, name: string, args: A): A {
  const { inputProperties = {} } = schema().resources[`oidc-runner:index:${className}`] ?? {};
  checkFields(args, inputProperties, name, className);
  return args;
}

function checkFields(given: object, known: Properties, where: string, owner: string): void {
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined || value === null) {
      continue;
    }
    const property = Object.hasOwn(known, field) ? known[field] : undefined;
    if (property === undefined) {
      throw unknown(field, Object.keys(known), where, owner);
    }
    checkValue(value, property, `${where}.${field}`);
  }
}

function checkValue(value: unknown, property: Property, where: string): void {
  if (typeof value === "object" && value !== null && (isPending(value) || isMade(value))) {
    return;
  }
  const { items, additionalProperties: element, $ref: reference = "" } = property;
  const type = reference.startsWith(LOCAL) ? schema().types[reference.slice(LOCAL.length)] : undefined;
  const wanted = items
    ? "array"
    : element || type?.properties
      ? "object"
      : type?.enum || property.type
        ? "plain"
        : "any";
  const found = Array.isArray(value) ? "array" : typeof value === "object" ? "object" : "plain";
  if (wanted === "any") {
    return;
  }
  if (found !== wanted) {
    throw notOf(wanted, found, value, where);
  }
  if (items) {
    for (const [index, one] of (value as unknown[]).entries()) checkValue(one, items, `${where}[${index}]`);
  } else if (type?.properties) {
    checkFields(value as object, type.properties, where, where.slice(where.lastIndexOf(".") + 1));
  } else if (element) {
    for (const [key, one] of Object.entries(value as object)) checkValue(one, element, `${where}.${key}`);
  }
}

/** Whether a value is a resource, by its mark as in the SDK, or the answer of a look-up: both have an id. */
function isMade(value: object): boolean {
  return "__pulumiResource" in value || "id" in value;
}

function unknown(field: string, known: string[], where: string, owner: string): OidcRunnerError {
  const near = nearestName(field, known);
  return new OidcRunnerError("ARGUMENT_UNKNOWN", `${owner} has no argument "${field}"`, {
    where: `${where}.${field}`,
    fix: near === undefined ? `leave it out; there are ${known.join(", ")}` : `use ${near}`,
  });
}

function notOf(wanted: string, found: string, value: unknown, where: string): OidcRunnerError {
  const isText = typeof value === "string";
  const example = wanted === "array" && isText ? `, such as ${JSON.stringify(value.trim().split(/\s+/))}` : "";
  const script = where.endsWith(".command") && isText ? "; or give the text as script" : "";
  return new OidcRunnerError(
    "ARGUMENT_INVALID",
    `it is ${KINDS[found] ?? (isText ? "a text" : `a ${typeof value}`)}, not ${KINDS[wanted] ?? "a plain value"}`,
    { where, fix: `give ${KINDS[wanted] ?? "a text, number or boolean"}${example}${script}` },
  );
}
