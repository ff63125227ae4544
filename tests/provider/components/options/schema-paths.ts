import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../../tools/toolchain/package-root";

interface Property {
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
}

interface Schema {
  types: Record<string, { properties?: Record<string, Property> }>;
  resources: Record<string, { inputProperties: Record<string, Property> }>;
}

/**
 * Places of all options of a resource, by schema.json: those that hold a value, and those that hold options in turn. Lists
 * and maps are passed by.
 */
export function schemaPaths(resource: string): { values: string[]; groups: string[] } {
  const schema = JSON.parse(readFileSync(join(packageRoot(), "schema.json"), "utf8")) as Schema;
  const values: string[] = [];
  const groups: string[] = [];
  const walk = (properties: Record<string, Property>, place: string) => {
    for (const [name, property] of Object.entries(properties)) {
      const inner = propertiesOf(schema, property);
      (inner === undefined ? values : groups).push(`${place}${name}`);
      walk(inner ?? {}, `${place}${name}.`);
    }
  };
  walk(schema.resources[`oidc-runner:index:${resource}`]?.inputProperties ?? {}, "");
  return { values, groups };
}

function propertiesOf(schema: Schema, { $ref, items, additionalProperties }: Property) {
  const reference = $ref ?? items?.$ref ?? additionalProperties?.$ref ?? "";
  return schema.types[reference.replace("#/types/", "")]?.properties;
}
