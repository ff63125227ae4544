import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { FieldType, InputType } from "../../../../lab/providers/cloud/resource";
import { packageRoot } from "../../../../tools/toolchain/package-root";

interface PackageInputs {
  types: Record<string, InputType>;
  required: string[];
}

/** Types of inputs by their text in a declaration, `pulumi.` and `Input<…>` taken off. */
const TYPES: Record<string, InputType> = {
  string: "string",
  boolean: "boolean",
  number: "number",
  "string[]": "strings",
  "{[key: string]: string;}": "tags",
  "string|inputs.iam.PolicyDocument": "json",
  // A resource stands for its id.
  "string|Role": "string",
  "inputs.iam.RoleInlinePolicy[]": "objects",
  // Not supported by the lab.
  "inputs.iam.WorkloadIdentityPoolAttestationRule[]": "objects",
  ...Object.fromEntries(
    ["InlineCertificateIssuanceConfig", "InlineTrustConfig", "ProviderAws", "ProviderSaml", "ProviderX509"].map(
      (name) => [`inputs.iam.WorkloadIdentityPool${name}`, "object" as const],
    ),
  ),
};

/**
 * Inputs of a resource as the installed package declares them. Its npm package has no schema.json; the declarations are
 * generated from it.
 */
export function packageInputs(provider: "aws" | "gcp", file: string, resource: string): PackageInputs {
  const directory = join(packageRoot(), "node_modules", "@pulumi", provider);
  return read(directory, readFileSync(join(directory, `${file}.d.ts`), "utf8"), `${resource}Args`);
}

function read(directory: string, text: string, name: string): PackageInputs {
  const source = ts.createSourceFile(`${name}.d.ts`, text, ts.ScriptTarget.Latest);
  const found = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (found === undefined) throw new Error(`no interface ${name}`);
  const members = found.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(source),
    optional: member.questionToken !== undefined,
    type: bare(member.type?.getText(source) ?? ""),
  }));
  return {
    types: Object.fromEntries(
      members.map((member) => [member.name, TYPES[member.type] ?? nested(directory, member.type)]),
    ),
    required: members.filter(({ optional }) => !optional).map((member) => member.name),
  };
}

/** The fields of `inputs.NAMESPACE.NAME`, found by their text: the file is too large to be parsed for each. */
function nested(directory: string, type: string): Record<string, FieldType> {
  const [, namespace, name] = /^inputs\.(\w+)\.(\w+)$/.exec(type) ?? [];
  const all = readFileSync(join(directory, "types", "input.d.ts"), "utf8");
  const from = all.indexOf(`\nexport declare namespace ${namespace} {`);
  const body = new RegExp(`\\n    interface ${name} \\{\\n([^]*?)\\n    \\}\\n`).exec(all.slice(from))?.[1];
  if (from < 0 || body === undefined) throw new Error(`unknown type ${type}`);
  const { types, required } = read(directory, `export interface ${name}Args {\n${body}\n}`, `${name}Args`);
  return Object.fromEntries(
    Object.entries(types).map(([field, each]) => {
      const isRequired = required.includes(field);
      if (each === "strings" && !isRequired) return [field, "strings?"];
      if (each !== "string") throw new Error(`unexpected type of ${name}.${field}`);
      return [field, isRequired ? "string" : "string?"];
    }),
  );
}

function bare(type: string): string {
  let text = type.replace(/\s+/g, " ").replace(/ ?\| undefined/g, "");
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(/pulumi\.Input<([^<>]*)>/g, "$1");
  }
  return text.replace(/ ?([|{}]) ?/g, "$1");
}
