import ts from "typescript";
import { descriptionOf } from "./description";
import { baseOf, declarationOf, membersOf, resolved } from "./members";
import { refusal } from "./refuse";
import type { Contents, PropertySpec, ResourceSpec } from "./spec";
import { TypeMapper } from "./types";

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
    if (!ts.isPropertyDeclaration(member) || !isPublic(member) || isChild(member)) {
      continue;
    }
    const property = `${name}.${member.name.getText()}`;
    properties[member.name.getText()] = {
      description: descriptionOf(member, property),
      ...mapper.output(member.type, property, member),
    };
    if (member.questionToken === undefined) {
      required.push(member.name.getText());
    }
  }
  const inputs = mapper.input(args);
  return {
    description: descriptionOf(declaration, name),
    ...(isComponent && { isComponent: true as const }),
    properties,
    required,
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
  };
}

/** Whether a field is a resource that the component makes: programs in TypeScript have those, and schemas do not. */
function isChild({ type }: ts.PropertyDeclaration): boolean {
  return type?.getText() === "pulumi.CustomResource";
}

function isPublic(member: ts.PropertyDeclaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Static;
  return (ts.getCombinedModifierFlags(member) & hidden) === 0;
}

function sorted<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([left], [right]) => (left < right ? -1 : 1)));
}
