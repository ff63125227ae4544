import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { InputType } from "../../../../lab/providers/cloud/resource";
import { packageRoot } from "../../../../tools/toolchain/package-root";

/** A package whose resources the lab has stand-ins for. */
export type PackageName = "aws" | "azure-native" | "azuread" | "gcp";

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
  "string|enums.authorization.PrincipalType": "string",
  "inputs.iam.RoleInlinePolicy[]": "objects",
  "inputs.iam.WorkloadIdentityPoolAttestationRule[]": "objects",
  "inputs.iam.WorkloadIdentityPoolInlineCertificateIssuanceConfig": "object",
  "inputs.iam.WorkloadIdentityPoolInlineTrustConfig": "object",
  "inputs.iam.WorkloadIdentityPoolProviderX509": "object",
};

/**
 * Inputs of a resource as the installed package declares them. Its npm package has no schema.json; the declarations are
 * generated from it.
 */
export function packageInputs(provider: PackageName, file: string, resource: string): PackageInputs {
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
      members.map((member) => [
        member.name,
        TYPES[member.type] ?? opaque(member.type) ?? nested(directory, member.type),
      ]),
    ),
    required: members.filter(({ optional }) => !optional).map((member) => member.name),
  };
}

/** Objects of azuread, Cloud Run and EKS clusters, whose fields no stand-in looks at. */
function opaque(type: string): InputType | undefined {
  const match =
    /^inputs\.(?:Application|ServicePrincipal|cloudrunv2\.Service(?!IamMember)|eks\.Cluster)\w+?(\[\])?$/.exec(type);
  return match === null ? undefined : match[1] === undefined ? "object" : "objects";
}

/** The fields of `inputs.NAMESPACE.NAME`, found by their text: the file is too large to be parsed for each. */
function nested(directory: string, type: string): InputType {
  const [, namespace, name] = /^inputs\.(\w+)\.(\w+)$/.exec(type) ?? [];
  const all = readFileSync(join(directory, "types", "input.d.ts"), "utf8");
  const from = all.indexOf(`\nexport declare namespace ${namespace} {`);
  const body = new RegExp(`\\n    interface ${name} \\{\\n([^]*?)\\n    \\}\\n`).exec(all.slice(from))?.[1];
  if (from < 0 || body === undefined) throw new Error(`unknown type ${type}`);
  const { types, required } = read(directory, `export interface ${name}Args {\n${body}\n}`, `${name}Args`);
  return Object.fromEntries(
    Object.entries(types).map(([field, each]) => {
      if (each === "strings" && !required.includes(field)) return [field, "strings?"];
      if (each !== "string") throw new Error(`unexpected type of ${name}.${field}`);
      return [field, required.includes(field) ? "string" : "string?"];
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
