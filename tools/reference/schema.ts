/** What the reference reads of schema.json (Pulumi's metaschema for packages). */
export interface Schema {
  resources: Record<string, ResourceSchema>;
  types: Record<string, TypeSchema>;
}

export interface ResourceSchema {
  description: string;
  isComponent?: boolean;
  /** Outputs. */
  properties: Record<string, PropertySchema>;
  inputProperties: Record<string, PropertySchema>;
  requiredInputs?: string[];
}

export interface TypeSchema {
  description?: string;
  /** Of an object. */
  properties?: Record<string, PropertySchema>;
  required?: string[];
  /** Of a text that is one of some. */
  enum?: { value: string; description?: string }[];
}

export interface PropertySchema {
  description?: string;
  type?: string;
  $ref?: string;
  items?: PropertySchema;
  additionalProperties?: PropertySchema;
  oneOf?: PropertySchema[];
}

/** Name of a type or class without its package: of `oidc-runner:index:EksAws` and of a reference to it. */
export function shortName(token: string): string {
  return token.split(/[:/]/).pop() ?? token;
}

/** The types that properties refer to, in the order they are met, and those that these refer to. */
export function typesOf(schema: Schema, properties: Record<string, PropertySchema>): string[] {
  const found: string[] = [];
  const visit = (property: PropertySchema): void => {
    const token = property.$ref?.replace(/^#\/types\//, "");
    const type = token === undefined ? undefined : schema.types[token];
    if (token !== undefined && type !== undefined && !found.includes(token)) {
      found.push(token);
      Object.values(type.properties ?? {}).forEach(visit);
    }
    const { items, additionalProperties, oneOf = [] } = property;
    [items, additionalProperties, ...oneOf].filter((part) => part !== undefined).forEach(visit);
  };
  Object.values(properties).forEach(visit);
  return found;
}
