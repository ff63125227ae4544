import ts from "typescript";
import { descriptionOf } from "./description";
import { baseOf, declarationOf, membersOf, resolved } from "./members";
import { refusal } from "./refuse";
import type { Contents, PropertySpec, ResourceSpec } from "./spec";
import { isForeignResource, TypeMapper } from "./types";

/** What SDKs make of a reference to a resource; the one for Go keeps it (pulumi/pulumi v3.259.0, sdk/python/lib/pulumi/runtime/rpc.py, deserialize_resource). */
const FOREIGN = " In a program that does not import its package it may be its id alone.";

/** Types and resources of the package, from the classes that the program's entry file exports. */
export function contentsOf(program: ts.Program, entry: string, packageName: string): Contents {
  const checker = program.getTypeChecker();
  const token = (name: string) => `${packageName}:index:${name}`;
  const mapper = new TypeMapper(checker, token);
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  const exported = module === undefined ? [] : checker.getExportsOfModule(module);
  const classes = exported
    .flatMap((symbol) => resolved(symbol, checker).declarations ?? [])
    .filter(ts.isClassDeclaration);
  const resources: Record<string, ResourceSpec> = {};
  for (const declaration of classes) {
    const kind = kindOf(declaration, checker);
    if (kind !== undefined) {
      const name = declaration.name?.getText() ?? "";
      resources[token(name)] = resource(declaration, name, kind === "pulumi.ComponentResource", mapper, checker);
    }
  }
  return { types: sorted(mapper.types), resources: sorted(resources) };
}

/** The class of the SDK at the root of a resource's bases; undefined for other classes, such as errors. */
function kindOf(declaration: ts.ClassDeclaration, checker: ts.TypeChecker): string | undefined {
  const base = baseOf(declaration, checker);
  if (base?.declaration !== undefined && ts.isClassDeclaration(base.declaration)) {
    return kindOf(base.declaration, checker);
  }
  return base?.text.startsWith("pulumi.") ? base.text : undefined;
}

function resource(
  declaration: ts.ClassDeclaration,
  name: string,
  isComponent: boolean,
  mapper: TypeMapper,
  checker: ts.TypeChecker,
): ResourceSpec {
  const type = declaration.members.find(ts.isConstructorDeclaration)?.parameters[1]?.type;
  const args = type && ts.isTypeReferenceNode(type) ? declarationOf(type.typeName, checker) : undefined;
  if (args === undefined || !ts.isInterfaceDeclaration(args)) {
    throw refusal(declaration, name, "its constructor takes no interface as args", "declare one");
  }
  const properties: Record<string, PropertySpec> = {};
  const required: string[] = [];
  for (const member of membersOf(declaration, checker)) {
    const isOutput = ts.isPropertyDeclaration(member) || ts.isGetAccessorDeclaration(member);
    if (!isOutput || !isPublic(member)) {
      continue;
    }
    const property = `${name}.${member.name.getText()}`;
    const { type, isOptional } = outputType(member);
    properties[member.name.getText()] = {
      description: `${descriptionOf(member, property)}${isForeignResource(type) ? FOREIGN : ""}`,
      ...mapper.output(type, property, member),
    };
    if (!isOptional) {
      required.push(member.name.getText());
    }
  }
  const inputs = mapper.input(args);
  return {
    description: descriptionOf(declaration, name),
    ...(isComponent
      ? { isComponent: true as const }
      : { aliases: [{ type: `pulumi-nodejs:dynamic/oidc-runner:${name}` }] }),
    properties,
    required,
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
  };
}

/** The type of an output, which is optional by its question mark or, in a getter, by a union with undefined. */
function outputType({ type, ...member }: ts.PropertyDeclaration | ts.GetAccessorDeclaration) {
  const isOptional = "questionToken" in member && member.questionToken !== undefined;
  if (type === undefined || !ts.isUnionTypeNode(type)) {
    return { type, isOptional };
  }
  const others = type.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword);
  return others.length === 1 ? { type: others[0], isOptional: true } : { type, isOptional };
}

function isPublic(member: ts.PropertyDeclaration | ts.GetAccessorDeclaration): boolean {
  if (ts.isPrivateIdentifier(member.name)) {
    return false;
  }
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Static;
  return (ts.getCombinedModifierFlags(member) & hidden) === 0;
}

function sorted<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([left], [right]) => (left < right ? -1 : 1)));
}
