import assert from "node:assert/strict";
import { join } from "node:path";
import { Analyzer, type PropertyDefinition } from "@pulumi/pulumi/provider/experimental/analyzer";
import ts from "typescript";
import type { Contents, PropertySpec } from "../../tools/schema/spec";
import { packageRoot } from "../../tools/toolchain/package-root";

const schema = require(join(packageRoot(), "schema.json")) as Contents;
const token = (name: string) => `oidc-runner:index:${name}`;
const COMPONENTS = Object.keys(schema.resources)
  .filter((type) => schema.resources[type]?.isComponent)
  .map((type) => type.split(":")[2] as string);

/** What Pulumi's analyzer and schema.json say differently. */
interface Difference {
  kind: "refused" | "type" | "plain" | "optional" | "only inferred" | "only in schema" | "type only in schema";
  where: string;
  /** What the analyzer says, or why it refuses. */
  inferred?: string;
  ours?: string;
}

/** Why schema.json says it differently, and which differences are meant. */
const REASONS: Record<string, (difference: Difference) => boolean> = {
  "a union of literals is an enum; a length of time, and a number or percentage, is either of two types; of exclusive blocks each is optional":
    ({ kind, inferred }) => kind === "refused" && /^Union types are not supported/.test(inferred ?? ""),
  "`unknown` is any value": ({ kind, inferred }) =>
    kind === "refused" && /^Unsupported type .*'unknown'$/.test(inferred ?? ""),
  "a resource of another package is any value, because its class is known only when it is made": ({ kind, inferred }) =>
    kind === "refused" && /__pulumiType for resource class 'CustomResource'/.test(inferred ?? ""),
  "a resource of this package is a reference; the analyzer looks for the package.json of another one": ({
    kind,
    where,
  }) => kind === "refused" && /\.(issuer|policy)$/.test(where),
  "a private field is no output": ({ where }) => where.includes("#"),
  "a getter is an output": ({ kind, where }) =>
    kind === "only in schema" && /^OidcTrustSetup output\.(policies|pipelineStep|trust)$/.test(where),
  "the provider's configuration stands in for it": ({ kind, where }) =>
    kind === "optional" && /\.organization$/.test(where),
  "every number here is whole": ({ kind, inferred, ours }) =>
    kind === "type" && inferred === "number" && ours === "integer",
  "what an output gives is handed on as it is": ({ where }) => where === "TrustReference.policies",
  "the blocks of issuers follow from their records, field by field Inputs; which is given decides which resources there are":
    ({ kind, where, inferred }) =>
      (kind === "type" && inferred === "pulumi.json#/Any") ||
      (kind === "plain" && /^OidcTrustSetup input\./.test(where)),
  "in types of outputs `plain` says nothing": ({ kind, where }) =>
    kind === "plain" && /^Deployment\w+Settings\./.test(where),
  "a type that only what is refused above, or an issuer's block, leads to": ({ kind }) =>
    kind === "type only in schema",
};

interface Context {
  component: string;
  typeName?: string;
  property: string;
  inputOutput: number;
}

/** What of the analyzer is private, and changed here. */
interface Parts {
  checker: ts.TypeChecker;
  isPulumiComponent(node: ts.ClassDeclaration): boolean;
  analyzeComponent(node: ts.ClassDeclaration): { outputs: Record<string, PropertyDefinition> };
  analyzeSymbols(context: object, symbols: ts.Symbol[]): Record<string, PropertyDefinition>;
  analyzeType(context: Context, type: ts.Type, place: ts.Node, optional?: boolean, text?: string): PropertyDefinition;
}

const analyzerOf = (...components: string[]) =>
  new Analyzer(packageRoot(), "oidc-runner", { main: "provider/index.ts" }, new Set(components));

/**
 * What Pulumi's analyzer infers, told of classes that extend one of ours, and of what to do with a type that it refuses: note
 * that and go on.
 */
function inferredWithNotes(): { analyzed: ReturnType<Analyzer["analyze"]>; refused: Difference[] } {
  const analyzer = analyzerOf(...COMPONENTS);
  const refused: Difference[] = [];
  const parts = analyzer as unknown as Parts;
  const { isPulumiComponent, analyzeComponent, analyzeType } = parts;
  const changed: Partial<Parts> = {
    isPulumiComponent(node) {
      const bases = (node.heritageClauses ?? []).flatMap(({ types }) => types);
      const declarations = bases.map((base) => parts.checker.getTypeAtLocation(base).getSymbol()?.declarations?.[0]);
      const isOne = (base?: ts.Declaration) =>
        base !== undefined && ts.isClassDeclaration(base) && parts.isPulumiComponent(base);
      return isPulumiComponent.call(parts, node) || declarations.some(isOne);
    },
    analyzeComponent(node) {
      const component = analyzeComponent.call(parts, node);
      const inherited = parts.checker
        .getTypeAtLocation(node)
        .getProperties()
        .filter(({ valueDeclaration, name }) => {
          const isOurs = valueDeclaration?.getSourceFile().fileName.startsWith(join(packageRoot(), "provider"));
          return isOurs && !(name in component.outputs) && ts.isPropertyDeclaration(valueDeclaration as ts.Declaration);
        });
      const context = { component: node.name?.text, inputOutput: 2 };
      return { ...component, outputs: { ...component.outputs, ...parts.analyzeSymbols(context, inherited) } };
    },
    analyzeType(context, type, place, optional = false, text) {
      try {
        return analyzeType.call(parts, context, type, place, optional, text);
      } catch (error) {
        const { component, typeName, property, inputOutput } = context;
        const where = `${typeName ?? component}.${property}`;
        refused.push({ kind: "refused", where, inferred: (error as Error).message });
        return { $ref: REFUSED, optional, plain: inputOutput === 0 };
      }
    },
  };
  Object.assign(parts, changed);
  return { analyzed: analyzer.analyze(), refused };
}

const REFUSED = "refused";

function text(type: {
  $ref?: string;
  type?: string;
  items?: unknown;
  additionalProperties?: unknown;
  oneOf?: unknown;
}): string {
  const { $ref, type: name = "oneOf", items, additionalProperties } = type;
  const inner = (items ?? additionalProperties) as typeof type | undefined;
  return $ref ?? (inner === undefined ? name : `${name}<${text(inner)}>`);
}

function compare(
  where: string,
  inferred: Record<string, PropertyDefinition>,
  ours: Record<string, PropertySpec>,
  required: string[],
): Difference[] {
  const names = [...new Set([...Object.keys(inferred), ...Object.keys(ours)])];
  return names.flatMap((name): Difference[] => {
    const [one, other] = [inferred[name], ours[name]];
    const place = `${where}.${name}`;
    if (one === undefined || other === undefined) {
      return [{ kind: one === undefined ? "only in schema" : "only inferred", where: place }];
    }
    const isOutput = where.endsWith(" output");
    const found: Difference[] = [];
    if (!text(one).includes(REFUSED) && text(one) !== text(other)) {
      found.push({ kind: "type", where: place, inferred: text(one), ours: text(other) });
    }
    if (!isOutput && (one.plain ?? false) !== (other.plain ?? false)) {
      found.push({ kind: "plain", where: place });
    }
    if ((one.optional ?? false) === required.includes(name)) {
      found.push({ kind: "optional", where: place });
    }
    return found;
  });
}

describe("schema.json, beside what Pulumi's own analyzer infers", () => {
  it("differs where the analyzer can't follow, and in nothing else", () => {
    const { analyzed, refused } = inferredWithNotes();
    const { components, typeDefinitions } = analyzed;
    const differences = [...refused];
    for (const name of COMPONENTS) {
      const { inputProperties, requiredInputs, properties, required } = schema.resources[token(name)]!;
      const { inputs, outputs } = components[name]!;
      differences.push(...compare(`${name} input`, inputs, inputProperties, requiredInputs));
      differences.push(...compare(`${name} output`, outputs, properties, required));
    }
    for (const type of Object.keys(schema.types)) {
      const [name, ours] = [type.split(":")[2] as string, schema.types[type]!];
      const inferred = typeDefinitions[name];
      if (inferred === undefined) {
        differences.push({ kind: "type only in schema", where: name });
      } else if ("properties" in ours) {
        differences.push(...compare(name, inferred.properties ?? {}, ours.properties, ours.required));
      }
    }
    assert.deepEqual(
      Object.keys(typeDefinitions).filter((name) => schema.types[token(name)] === undefined),
      [],
    );
    const meant = Object.values(REASONS);
    assert.deepEqual(
      differences.filter((difference) => !meant.some((covers) => covers(difference))),
      [],
    );
    for (const [reason, covers] of Object.entries(REASONS))
      assert.ok(differences.some(covers), `nothing for it: ${reason}`);
  });

  it("would have no runners, since the analyzer finds only classes that extend ComponentResource themselves", () => {
    assert.throws(
      () => analyzerOf("EksOidcRunner").analyze(),
      /Failed to find the following components: EksOidcRunner/,
    );
  });
});
