import type { Contents, EnumTypeSpec, ObjectTypeSpec, PropertySpec, TypeSpec } from "./spec";

/** What users of one schema meet in another: `breaking` makes programs fail that were right, `compatible` does not. */
export interface SchemaDiff {
  breaking: string[];
  compatible: string[];
}

/** What programs do with a property: give it, read it, or either. */
type Use = "input" | "output" | "both";

/** Compares types, resources and properties. A rename is a removal and an addition. Descriptions do not count. */
export function diffSchemas(before: Contents, after: Contents): SchemaDiff {
  const diff: SchemaDiff = { breaking: [], compatible: [] };
  const outputs = [...typesOfOutputs(before), ...typesOfOutputs(after)];
  each(diff, "type", before.types, after.types, (name, old, now) => {
    diffTypes(diff, name, outputs.includes(name) ? "both" : "input", [old, now]);
  });
  each(diff, "resource", before.resources, after.resources, (name, old, now) => {
    if (old.isComponent !== now.isComponent) {
      diff.breaking.push(`${name}: changed between component and custom resource`);
    }
    properties(
      diff,
      `${name} input`,
      "input",
      [old.inputProperties, old.requiredInputs],
      [now.inputProperties, now.requiredInputs],
    );
    properties(diff, `${name} output`, "output", [old.properties, old.required], [now.properties, now.required]);
  });
  return diff;
}

/** Nested types that outputs hold. */
function typesOfOutputs({ types, resources }: Contents): Set<string> {
  const found = new Set<string>();
  const queue: unknown[] = Object.values(resources).map(({ properties }) => properties);
  for (const holder of queue) {
    for (const [, name = ""] of JSON.stringify(holder).matchAll(/"\$ref":"#\/types\/([^"]+)"/g)) {
      if (!found.has(name)) {
        queue.push(types[name] ?? {});
      }
      found.add(name);
    }
  }
  return found;
}

type NestedType = ObjectTypeSpec | EnumTypeSpec;

function diffTypes(diff: SchemaDiff, name: string, use: Use, [old, now]: [NestedType, NestedType]): void {
  if ("enum" in old && "enum" in now) {
    const values = (type: EnumTypeSpec) => Object.fromEntries(type.enum.map(({ value }) => [value, true]));
    each(diff, `${name} value`, values(old), values(now), () => undefined);
  } else if ("properties" in old && "properties" in now) {
    properties(diff, `${name} property`, use, [old.properties, old.required], [now.properties, now.required]);
  } else {
    diff.breaking.push(`${name}: changed between object and enum`);
  }
}

type Properties = [all: Record<string, PropertySpec>, required: string[]];

function properties(
  diff: SchemaDiff,
  kind: string,
  use: Use,
  [old, wasRequired]: Properties,
  [now, isRequired]: Properties,
) {
  each(diff, kind, old, now, (name, one, other) => {
    const [from, to] = [typeText(one), typeText(other)];
    if (from !== to) {
      // Plain takes no Output, so an input may only stop being plain.
      const wider = use === "input" && from === `plain ${to}`;
      diff[wider ? "compatible" : "breaking"].push(`${kind} ${name}: type ${from} became ${to}`);
    }
    if (one.willReplaceOnChanges !== other.willReplaceOnChanges) {
      diff.compatible.push(
        `${kind} ${name}: a change ${other.willReplaceOnChanges ? "now replaces" : "no longer replaces"}`,
      );
    }
  });
  for (const name of Object.keys(now)) {
    const [was, is] = [wasRequired.includes(name), isRequired.includes(name)];
    if (is && !was && use !== "output") {
      diff.breaking.push(`${kind} ${name}: newly required`);
    } else if (was && !is && name in old) {
      diff[use === "input" ? "compatible" : "breaking"].push(`${kind} ${name}: no longer required`);
    }
  }
}

function each<T>(
  { breaking, compatible }: SchemaDiff,
  kind: string,
  before: Record<string, T>,
  after: Record<string, T>,
  compare: (name: string, old: T, now: T) => void,
): void {
  for (const [name, old] of Object.entries(before)) {
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    if (now === undefined) {
      breaking.push(`${kind} ${name}: removed`);
    } else {
      compare(name, old, now);
    }
  }
  compatible.push(
    ...Object.keys(after)
      .filter((name) => !Object.hasOwn(before, name))
      .map((name) => `${kind} ${name}: added`),
  );
}

function typeText({ type, items, additionalProperties, $ref, oneOf, plain }: TypeSpec): string {
  const inner = items ?? additionalProperties;
  const text =
    $ref ?? oneOf?.map(typeText).join(" | ") ?? `${type}${inner === undefined ? "" : `<${typeText(inner)}>`}`;
  return plain ? `plain ${text}` : text;
}
