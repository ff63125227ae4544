import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { OidcRunnerError } from "../../trust";
import { packageRoot } from "../toolchain";

/** What the list in trust/error-codes.ts says of a code. */
export interface ListedError {
  code: string;
  meaning: string;
  fix: string;
}

/** Where the sources throw a code. */
export interface ThrownError {
  code: string;
  /** From the root. */
  file: string;
  /** The argument that the error is about, as far as the source says it; `…` stands for what is known at run time. */
  argument: string | undefined;
}

const LIST = "trust/error-codes.ts";
const FOLDERS = ["trust", "pulumi-cloud", "provider", "plugin", "runtime", "cli", "lab", "tools"];

/** The list, in its order. @throws OidcRunnerError `SCHEMA_UNSUPPORTED` for an entry without a meaning and a fix */
export function listedErrors(source = parsed(LIST)): ListedError[] {
  const list = source.statements.find(ts.isInterfaceDeclaration);
  return (list?.members ?? ts.factory.createNodeArray<ts.TypeElement>()).map((member) => {
    const code = nameOf(member);
    const texts = textsOf(member);
    if (code === undefined || texts.length !== 2) {
      throw new OidcRunnerError("SCHEMA_UNSUPPORTED", "an error code needs a meaning and a fix", {
        where: `${LIST}: ${member.getText(source)}`,
        fix: 'write CODE: ["meaning", "fix"]',
      });
    }
    const [meaning = "", fix = ""] = texts;
    return { code, meaning, fix };
  });
}

/** Every place that makes an error with a code, or passes a listed code to a function that does. */
export function thrownErrors(files: readonly ts.SourceFile[] = sources()): ThrownError[] {
  const listed = new Set(listedErrors().map(({ code }) => code));
  return files.flatMap((source) =>
    callsIn(source).flatMap((call) => {
      const makesError = /^(OidcRunnerError|RequestError|super)$/.test(call.expression.getText(source));
      const codes = codesOf(call.arguments?.[0]).filter((code) => makesError || listed.has(code));
      return codes.map((code) => ({ code, file: source.fileName, argument: argumentOf(call) }));
    }),
  );
}

/** The exported classes and the codes that their doc comments list under "Errors:". */
export function documentedErrors(): { name: string; codes: string[] }[] {
  return sources()
    .flatMap((source) => source.statements.filter(ts.isClassDeclaration))
    .map((declaration) => {
      const comment = ts
        .getJSDocCommentsAndTags(declaration)
        .filter(ts.isJSDoc)
        .map((doc) => doc.getText())
        .join("\n");
      const [, list = ""] = /\bErrors: ([\s\S]*?)(?:\n \*\s*\n|\n \* @|$)/.exec(comment) ?? [];
      return {
        name: declaration.name?.text ?? "",
        codes: [...list.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code = ""]) => code),
      };
    })
    .filter(({ codes }) => codes.length > 0);
}

/** docs/errors.md. */
export function errorsDocument(): string {
  const thrown = thrownErrors();
  const documented = documentedErrors();
  const rows = listedErrors().map(({ code, meaning, fix }) => {
    const places = thrown.filter((place) => place.code === code);
    const named = distinct(places.flatMap(({ argument }) => (argument === undefined ? [] : [`\`${argument}\``])));
    const classes = documented.filter(({ codes }) => codes.includes(code)).map(({ name }) => `\`${name}\``);
    const files = distinct(places.map(({ file }) => file)).map((file) => `[${file}](../${file})`);
    return `| \`${code}\` | ${meaning} | ${fix} | ${[...classes, ...named].join(", ")} | ${files.join(", ")} |`;
  });
  return `${HEAD}\n${rows.join("\n")}\n`;
}

const HEAD = `# Errors

Every error is one line, \`CODE: what (at where). Fix: how\`. The codes are stable: programs may compare them. This table is written by
\`npm run errors\` from [trust/error-codes.ts](../${LIST}) and the sources. The fourth column names the classes that document the code (those of
\`KubernetesOidcRunner\` hold for the other runners too) and the arguments that it is about; \`…\` stands for a name from your program.
Findings of \`oidc-runner lint\` are not errors; they are in the text of \`POLICY_LINT\`.

| code | meaning | what to do | classes, arguments | thrown in |
|---|---|---|---|---|`;

function sources(): ts.SourceFile[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(packageRoot(), folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("node_modules"))
      .map((entry) => relative(packageRoot(), join(entry.parentPath, entry.name)))
      .sort(),
  ).map(parsed);
}

function parsed(file: string): ts.SourceFile {
  const text = readFileSync(join(packageRoot(), file), "utf8");
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
}

function nameOf(member: ts.TypeElement): string | undefined {
  if (ts.isIndexSignatureDeclaration(member)) {
    // The one family of codes: `PULUMI_CLOUD_${number}`.
    return member.parameters[0]?.type
      ?.getText()
      .replaceAll("`", "")
      .replace(/\$\{.*\}/, "<status>");
  }
  return ts.isPropertySignature(member) && ts.isIdentifier(member.name) ? member.name.text : undefined;
}

function textsOf(member: ts.TypeElement): string[] {
  const type = ts.isIndexSignatureDeclaration(member) || ts.isPropertySignature(member) ? member.type : undefined;
  const elements = type !== undefined && ts.isTupleTypeNode(type) ? type.elements : [];
  return elements.flatMap((element) =>
    ts.isLiteralTypeNode(element) && ts.isStringLiteral(element.literal) ? [element.literal.text] : [],
  );
}

function callsIn(source: ts.SourceFile): (ts.CallExpression | ts.NewExpression)[] {
  const calls: (ts.CallExpression | ts.NewExpression)[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      calls.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

/** The codes that an argument can be. */
function codesOf(argument: ts.Expression | undefined): string[] {
  if (argument === undefined) {
    return [];
  }
  if (ts.isConditionalExpression(argument)) {
    return [...codesOf(argument.whenTrue), ...codesOf(argument.whenFalse)];
  }
  if (ts.isTemplateExpression(argument)) {
    const { head, templateSpans } = argument;
    return /^[A-Z_]+_$/.test(head.text) ? [`${head.text}<${templateSpans[0]?.expression.getText()}>`] : [];
  }
  return ts.isStringLiteral(argument) && /^[A-Z]+(_[A-Z0-9]+)*$/.test(argument.text) ? [argument.text] : [];
}

/** What the details of an error say under `where`, as a name or path. */
function argumentOf(call: ts.CallExpression | ts.NewExpression): string | undefined {
  const details = call.arguments?.find(ts.isObjectLiteralExpression);
  const where = details?.properties.filter(ts.isPropertyAssignment).find(({ name }) => name.getText() === "where");
  const value = where?.initializer;
  if (value === undefined) {
    return undefined;
  }
  if (ts.isStringLiteral(value)) {
    return value.text;
  }
  if (!ts.isTemplateExpression(value)) {
    return undefined;
  }
  const path = value.head.text + value.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  return /^[\w.…[\]-]*\w[\w.…[\]-]*$/.test(path) ? path : undefined;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
