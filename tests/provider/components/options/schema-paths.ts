import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../../tools/toolchain/package-root";

interface Property {
  plain?: boolean;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
}

interface Schema {
  types: Record<string, { properties?: Record<string, Property> }>;
  resources: Record<string, { inputProperties: Record<string, Property> }>;
}

interface SchemaPaths {
  values: string[];
  groups: string[];
  plain: string[];
  plainLists: string[];
}

/**
 * Places of all options of a resource, by schema.json: those that hold a value, and those that hold options in turn. Lists
 * and maps are passed by. Of the values those that are known at once, and may not be an Output, are named apart, and so are
 * lists and maps of which this is so, but not of their entries.
 */
export function schemaPaths(resource: string): SchemaPaths {
  const schema = JSON.parse(readFileSync(join(packageRoot(), "schema.json"), "utf8")) as Schema;
  const paths: SchemaPaths = { values: [], groups: [], plain: [], plainLists: [] };
  const walk = (properties: Record<string, Property>, place: string) => {
    for (const [name, property] of Object.entries(properties)) {
      const inner = propertiesOf(schema, property);
      (inner === undefined ? paths.values : paths.groups).push(`${place}${name}`);
      const entry = property.items ?? property.additionalProperties;
      if (property.$ref?.startsWith("#/resources/")) {
        paths.plain.push(`${place}${name}`);
      } else if (property.plain === true) {
        const onlyItself = entry !== undefined && entry.plain !== true;
        (onlyItself ? paths.plainLists : paths.plain).push(`${place}${name}`);
      }
      walk(inner ?? {}, `${place}${name}.`);
    }
  };
  walk(schema.resources[`oidc-runner:index:${resource}`]?.inputProperties ?? {}, "");
  return paths;
}

function propertiesOf(schema: Schema, { $ref, items, additionalProperties }: Property) {
  const reference = $ref ?? items?.$ref ?? additionalProperties?.$ref ?? "";
  return schema.types[reference.replace("#/types/", "")]?.properties;
}
