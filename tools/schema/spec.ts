/** A type in a Pulumi package schema ("Schema", `TypeSpec`), as far as it is used here. */
export interface TypeSpec {
  type?: "string" | "boolean" | "integer" | "array" | "object";
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  $ref?: string;
  /** Any of these types. */
  oneOf?: TypeSpec[];
  /** An input that takes no Output. */
  plain?: boolean;
}

/** A property (`PropertySpec`). */
export interface PropertySpec extends TypeSpec {
  description: string;
  willReplaceOnChanges?: boolean;
  secret?: boolean;
}

/** A nested object type (`ComplexTypeSpec` of type object). */
export interface ObjectTypeSpec {
  description: string;
  type: "object";
  properties: Record<string, PropertySpec>;
  required: string[];
}

/** An enum type (`ComplexTypeSpec` with enum). */
export interface EnumTypeSpec {
  description: string;
  type: "string";
  enum: { value: string }[];
}

/** A resource (`ResourceSpec`). */
export interface ResourceSpec {
  description: string;
  isComponent?: true;
  /** What it is called in programs that are not served by the plugin. */
  aliases?: { type: string }[];
  properties: Record<string, PropertySpec>;
  required: string[];
  inputProperties: Record<string, PropertySpec>;
  requiredInputs: string[];
}

/** What is generated: the types and resources of the package. */
export interface Contents {
  types: Record<string, ObjectTypeSpec | EnumTypeSpec>;
  resources: Record<string, ResourceSpec>;
}
