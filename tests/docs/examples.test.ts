import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as exported from "../../provider";
import { packageRoot } from "../../tools/toolchain/package-root";
import { documentBlocks } from "./blocks";

interface Example {
  /** Name of a class, or of a document with the line. */
  of: string;
  code: string;
}

const root = packageRoot();
const read = (path: string) => readFileSync(join(root, path), "utf8");
const below = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));

const RESOURCES = Object.entries(exported)
  .filter(([, value]) => value.prototype instanceof pulumi.Resource)
  .map(([name]) => name);

/** What examples refer to without making it, as globals. */
const CONTEXT = `
declare const issuer: import("pulumi-oidc-runner").OidcIssuer;
declare const aksCluster: { oidcIssuerProfile: import("@pulumi/pulumi").Output<{ issuerURL: string } | undefined> };
declare const verifier: import("oidc-runner-runtime").Verifier;
// biome-ignore lint: types of a package that is not installed here
declare const fastify: { decorateRequest: any; addHook(name: string, hook: (request: any, reply: any) => Promise<any>): void };
`;

/** Examples in the doc comments of a source, each with the name of what it is for. */
function examplesIn(source: ts.SourceFile): Example[] {
  const found: Example[] = [];
  const visit = (node: ts.Node): void => {
    const tags = node.getChildren(source).flatMap((child) => (ts.isJSDoc(child) ? [...(child.tags ?? [])] : []));
    for (const { tagName, comment } of tags) {
      if (tagName.text !== "example") continue;
      const [, code] = /^```ts\n(.*)```$/s.exec(ts.getTextOfJSDocComment(comment)?.trim() ?? "") ?? [];
      const of = ts.isClassDeclaration(node) ? (node.name?.text ?? "") : source.fileName;
      found.push({ of, code: code ?? assert.fail(`${source.fileName}: an example is not a block of ts`) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const sourceOf = (name: string, text: string) => ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);

/** Modules that hold an example: the program itself, or one for each argument of a runner that it shows. */
function modulesOf({ of, code }: Example): Example[] {
  if (code.includes('"oidc-runner-runtime"')) return [{ of, code }];
  if (code.includes("new ")) {
    const names = RESOURCES.filter(
      (name) => code.includes(`new ${name}(`) && !new RegExp(`import .*${name}`).test(code),
    );
    return [{ of, code: `import { ${names.join(", ")} } from "pulumi-oidc-runner";\n${code}` }];
  }
  return code.split(/^(?=\w+: )/m).flatMap((part, index) => {
    if (!/^\w/.test(part)) return [];
    const runner =
      { gcp: "GkeOidcRunnerArgs", azure: "AksOidcRunnerArgs" }[part.split(":")[0] ?? ""] ?? "EksOidcRunnerArgs";
    const type = `Partial<import("pulumi-oidc-runner").${runner}>`;
    return [{ of: `${of} ${index + 1}`, code: `export const shown: ${type} = {\n${part}\n};` }];
  });
}

/** What the compiler finds in modules, and in the package's declarations, which are those of the last build. */
function compile(modules: Example[]): string[] {
  // ES modules may await at their top.
  const extension = (code: string) => (code.includes('"oidc-runner-runtime"') ? "mts" : "ts");
  const texts = new Map(modules.map(({ code }, index) => [join(root, `example-${index}.${extension(code)}`), code]));
  texts.set(join(root, "context.d.ts"), CONTEXT);
  const options: ts.CompilerOptions = {
    ...{ strict: true, noImplicitAny: true, noEmit: true, types: ["node"], lib: ["lib.es2023.d.ts"] },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.Node16, esModuleInterop: true },
    // Says only which declarations are checked: examples find the same with and without it.
    skipLibCheck: false,
    paths: { "oidc-runner-runtime": [join(root, "dist/runtime/index.d.ts")] },
  };
  const host = ts.createCompilerHost(options, true);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, ...others) => {
    const text = texts.get(file);
    return text === undefined
      ? getSourceFile(file, ...others)
      : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const ours = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(join(root, "dist")));
  assert.ok(ours.length > 20, "the package's declarations are not what is imported");
  const files = [...program.getSourceFiles().filter(({ fileName }) => texts.has(fileName)), ...ours];
  return files.flatMap((file) => {
    const of = modules[Number(/example-(\d+)/.exec(file.fileName)?.[1])]?.of ?? file.fileName;
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ messageText }) => `${of}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  });
}

describe("examples", () => {
  const sources = below("provider").filter((name) => name.endsWith(".ts"));
  const inComments = sources.flatMap((name) => examplesIn(sourceOf(name, read(name))));
  const inDocuments = documentBlocks().filter(({ language }) => /^(ts|typescript)$/.test(language));

  it("are in the doc comment of every resource and component", () => {
    const without = (examples: Example[]) => RESOURCES.filter((name) => !examples.some(({ of }) => of === name));
    assert.deepEqual(without(inComments), []);
    assert.deepEqual(without(inComments.filter(({ of }) => of !== "OidcPolicy")), ["OidcPolicy"]);
    const [first] = examplesIn(
      sourceOf("a.ts", "/**\n * It.\n * @example\n * ```ts\n * new A();\n * ```\n */\nclass A {}"),
    );
    assert.deepEqual(first, { of: "A", code: "new A();\n" });
  });

  it("compile with the types of the package, in doc comments, README.md and docs; and not with an unknown option", () => {
    const modules = [...inComments, ...inDocuments].flatMap(modulesOf);
    assert.ok(modules.length > 25, `${modules.length} are found`);
    const ofPulumi = modules.filter(({ of }) => !of.startsWith("runtime/"));
    const misspelt = ofPulumi.map(({ of, code }) => ({ of: `misspelt ${of}`, code: misspell(code) }));
    // At once, because reading the types of the clouds takes seconds.
    const found = compile([...modules, ...misspelt]);
    assert.deepEqual(
      found.filter((message) => !message.startsWith("misspelt ")),
      [],
    );
    const passed = misspelt.filter(({ of }) => !found.some((message) => message.startsWith(`${of}: Object literal`)));
    assert.deepEqual(passed, []);
  });
});

/** An example with one option that there is not. */
function misspell(code: string): string {
  const wrong = code.replace(/(\n *)(\w+)(?=: )/, "$1$2s");
  assert.notEqual(wrong, code);
  return wrong;
}
