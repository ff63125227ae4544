import ts from "typescript";
import { type IssuerKey, issuerByKey } from "../../trust/issuers";
import { descriptionOf } from "./description";
import { baseOf, declarationOf, membersOf } from "./members";
import { refusal } from "./refuse";
import type { EnumTypeSpec, ObjectTypeSpec, PropertySpec, TypeSpec } from "./spec";

const EXPRESSIBLE =
  "use string, number, boolean, an array, Record<string, …>, an interface, a union of string literals by name, or a resource";

/** The one union of types that is expressed, by name too: `number | string`, for what may be written with its unit. */
const NUMBER_OR_TEXT = [ts.SyntaxKind.NumberKeyword, ts.SyntaxKind.StringKeyword];

/**
 * Turns written types into schema types, and collects the nested ones it meets.
 *
 * What counts is how a type is written. `pulumi.Input<T>` is an input that takes Outputs, and so is each field of `Inputs<T>`; a
 * type without it is `plain`. The sources leave `Input` out on purpose where a value decides which resources there are, or which
 * of several options is given: `createNamespace`, `cluster`, `aws`, `gcp`, the issuers of a trust and the list of managed policies. Their own
 * fields are Inputs again. A resource as an argument (`trust`) is never plain: other languages hand it over as a reference.
 *
 * Every `number` is an `integer`: whatever this package counts (seconds, retries) is whole, and checked to be.
 */
export class TypeMapper {
  readonly types: Record<string, ObjectTypeSpec | EnumTypeSpec> = {};

  readonly #checker: ts.TypeChecker;
  readonly #token: (name: string) => string;

  constructor(checker: ts.TypeChecker, token: (name: string) => string) {
    this.#checker = checker;
    this.#token = token;
  }

  /**
   * Properties and the names of the required ones, of an interface with what it extends.
   *
   * @param takesOutputs whether each field is an Input though it is not written as one: in what the records of issuers declare
   */
  input(
    declaration: ts.InterfaceDeclaration,
    takesOutputs = false,
  ): { properties: Record<string, PropertySpec>; required: string[] } {
    const properties = this.#blocks(declaration);
    const required: string[] = [];
    for (const member of membersOf(declaration, this.#checker)) {
      const property = `${member.parent.name?.getText()}.${member.name.getText()}`;
      if (!ts.isPropertySignature(member) || member.type === undefined) {
        throw refusal(member, property, "it is not a property with a type", EXPRESSIBLE);
      }
      const description = descriptionOf(member, property);
      const replaces = description.includes("Changing it replaces");
      properties[member.name.getText()] = {
        description,
        ...(takesOutputs ? this.#type(member.type, property) : this.#inputType(member.type, property)),
        ...(replaces && { willReplaceOnChanges: true }),
      };
      if (member.questionToken === undefined) {
        required.push(member.name.getText());
      }
    }
    return { properties, required };
  }

  /** The blocks of all issuers, of an interface that extends `Blocks<…>` or `InputBlocks<…>` (provider/resources/blocks.ts). */
  #blocks(declaration: ts.InterfaceDeclaration): Record<string, PropertySpec> {
    const base = baseOf(declaration, this.#checker);
    if (base?.declaration !== undefined && ts.isInterfaceDeclaration(base.declaration)) {
      return this.#blocks(base.declaration);
    }
    const blocks = declaration.heritageClauses?.[0]?.types[0]?.typeArguments?.[0];
    if (base === undefined || blocks === undefined || !["Blocks", "InputBlocks"].includes(base.text)) {
      return {};
    }
    const properties = this.#checker.getTypeAtLocation(blocks).getProperties();
    return Object.fromEntries(
      properties.map((property): [string, PropertySpec] => {
        const { symbol } = this.#checker.getTypeOfSymbolAtLocation(property, declaration);
        const block = symbol?.declarations?.find(ts.isInterfaceDeclaration);
        const name = `${declaration.name.getText()}.${property.name}`;
        if (block === undefined) {
          throw refusal(declaration, name, "it is not an interface", "declare one in the issuer's record");
        }
        const type = this.#object(block, name, { takesOutputs: true });
        return base.text === "Blocks"
          ? [property.name, { description: issuerText(property.name), ...type, plain: true }]
          : [property.name, { description: descriptionOf(block, name), ...type }];
      }),
    );
  }

  /** The type of an input: plain unless it is written as `pulumi.Input<T>`. */
  #inputType(node: ts.TypeNode, property: string): TypeSpec {
    const inner = wrapped(node, "pulumi.Input");
    if (inner !== undefined) {
      return this.#type(withoutUndefined(inner), property);
    }
    const spec = this.#type(node, property);
    return spec.$ref?.startsWith("#/resources/") ? spec : { ...spec, plain: true };
  }

  /**
   * The type of an output, written as `pulumi.Output<T>` or as a resource that a component makes. A resource of another package is
   * any value: a reference into that package's schema would make each SDK need the packages of all clouds.
   */
  output(node: ts.TypeNode | undefined, property: string, place: ts.Node): TypeSpec {
    if (isForeignResource(node)) {
      return { $ref: "pulumi.json#/Any" };
    }
    const inner = node && wrapped(node, "pulumi.Output");
    const own = node && ts.isTypeReferenceNode(node) ? declarationOf(node.typeName, this.#checker) : undefined;
    if (own !== undefined && ts.isClassDeclaration(own)) {
      return { $ref: `#/resources/${this.#token(nameOf(own))}` };
    }
    if (inner === undefined) {
      throw refusal(place, property, "it is not a pulumi.Output or a resource", "make it one, or private");
    }
    return this.#type(inner, property);
  }

  #type(node: ts.TypeNode, property: string): TypeSpec {
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return { type: "string" };
      case ts.SyntaxKind.BooleanKeyword:
        return { type: "boolean" };
      case ts.SyntaxKind.NumberKeyword:
        return { type: "integer" };
      case ts.SyntaxKind.UnknownKeyword:
        // Anything, such as a field of a pod that only the API server knows.
        return { $ref: "pulumi.json#/Any" };
    }
    if (ts.isArrayTypeNode(node)) {
      return { type: "array", items: this.#inputType(node.elementType, property) };
    }
    if (ts.isTypeReferenceNode(node)) {
      return this.#reference(node, property);
    }
    throw refusal(node, property, `a schema can't hold \`${node.getText()}\``, EXPRESSIBLE);
  }

  #reference(node: ts.TypeReferenceNode, property: string): TypeSpec {
    const [key, value] = node.typeArguments ?? [];
    if (node.typeName.getText() === "Record" && key?.kind === ts.SyntaxKind.StringKeyword && value !== undefined) {
      return { type: "object", additionalProperties: this.#inputType(value, property) };
    }
    if (node.typeName.getText() === "HandedOn") {
      return { $ref: "pulumi.json#/Any" };
    }
    const declaration = node.typeArguments === undefined ? declarationOf(node.typeName, this.#checker) : undefined;
    if (declaration !== undefined && ts.isClassDeclaration(declaration)) {
      return { $ref: `#/resources/${this.#token(nameOf(declaration))}` };
    }
    if (declaration !== undefined && ts.isInterfaceDeclaration(declaration)) {
      return this.#object(declaration, property);
    }
    if (declaration !== undefined && ts.isTypeAliasDeclaration(declaration)) {
      const blocks = wrapped(declaration.type, "ExactlyOne");
      return blocks === undefined
        ? this.#enumeration(declaration, property)
        : this.#object(this.#interfaceOf(blocks, property), property, { named: declaration });
    }
    throw refusal(node, property, `a schema can't hold \`${node.getText()}\``, EXPRESSIBLE);
  }

  /** The interface in `ExactlyOne<…>`: schemas can't say which members are mutually exclusive, so all are optional there. */
  #interfaceOf(node: ts.TypeNode, property: string): ts.InterfaceDeclaration {
    const declaration = ts.isTypeReferenceNode(node) ? declarationOf(node.typeName, this.#checker) : undefined;
    if (declaration !== undefined && ts.isInterfaceDeclaration(declaration)) {
      return declaration;
    }
    throw refusal(node, property, `\`${node.getText()}\` is not an interface`, "declare one");
  }

  /** @param named what has the name and description of the type, where that is not the interface itself */
  #object(
    declaration: ts.InterfaceDeclaration,
    property: string,
    { named = declaration, takesOutputs = false }: { named?: ts.NamedDeclaration; takesOutputs?: boolean } = {},
  ): TypeSpec {
    const name = nameOf(named);
    if (name.endsWith("Args")) {
      // Generated SDKs add the suffix to every nested type.
      throw refusal(declaration, property, `the nested type ${name} ends with Args`, "name it without the suffix");
    }
    if (this.types[this.#token(name)] === undefined) {
      const type: ObjectTypeSpec = {
        description: descriptionOf(named, name),
        type: "object",
        properties: {},
        required: [],
      };
      // Entered first, so that a type that holds itself ends.
      this.types[this.#token(name)] = type;
      Object.assign(type, this.input(declaration, takesOutputs));
    }
    return { $ref: `#/types/${this.#token(name)}` };
  }

  #enumeration(declaration: ts.TypeAliasDeclaration, property: string): TypeSpec {
    const name = nameOf(declaration);
    const members = ts.isUnionTypeNode(declaration.type) ? declaration.type.types : [declaration.type];
    if (NUMBER_OR_TEXT.every((kind, index) => members[index]?.kind === kind) && members.length === 2) {
      return { oneOf: [{ type: "integer" }, { type: "string" }] };
    }
    // Written out, or derived from a list.
    const type = this.#checker.getTypeAtLocation(declaration.type);
    const types = type.isUnion() ? type.types : [type];
    if (!types.every((entry) => entry.isStringLiteral())) {
      throw refusal(declaration, property, `${name} is not a union of string literals`, EXPRESSIBLE);
    }
    const texts = members.map((member) => (ts.isLiteralTypeNode(member) ? member.literal.getText().slice(1, -1) : ""));
    const values = (texts.includes("") ? types.map(({ value }) => value).sort() : texts).map((value) => ({ value }));
    this.types[this.#token(name)] = { description: descriptionOf(declaration, name), type: "string", enum: values };
    return { $ref: `#/types/${this.#token(name)}` };
  }
}

/** Whether a type is that of a resource of another package. */
export function isForeignResource(node: ts.TypeNode | undefined): boolean {
  return node?.getText() === "pulumi.CustomResource";
}

/** What an issuer's block in a trust is about. */
function issuerText(key: string): string {
  const { name, urls } = issuerByKey(key as IssuerKey);
  return [`Tokens of ${name}.`, ...urls.slice(0, 1).map((url) => `Default of its \`issuerUrl\`: \`${url}\`.`)].join(
    " ",
  );
}

/** `T` of `T | undefined`, as outputs of resources have it: an Input without a value is none, which a schema need not say. */
function withoutUndefined(node: ts.TypeNode): ts.TypeNode {
  const others = ts.isUnionTypeNode(node)
    ? node.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword)
    : [];
  return others.length === 1 && others[0] !== undefined ? others[0] : node;
}

function wrapped(node: ts.TypeNode, wrapper: string): ts.TypeNode | undefined {
  return ts.isTypeReferenceNode(node) && node.typeName.getText() === wrapper ? node.typeArguments?.[0] : undefined;
}

function nameOf(declaration: ts.NamedDeclaration): string {
  return declaration.name?.getText() ?? "";
}
