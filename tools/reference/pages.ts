import { type PropertySchema, type Schema, shortName, type TypeSchema, typesOf } from "./schema";

/** Modules that a class is imported from besides the package itself: they load less. */
const MODULES: Record<string, string> = {
  AksOidcRunner: "aks",
  EksOidcRunner: "eks",
  GkeOidcRunner: "gke",
  VerifiedService: "service",
};

const GENERATED = "<!-- Written by npm run reference. -->\n";

/** The page of one class. */
export function classPage(schema: Schema, token: string): { path: string; text: string } {
  const name = shortName(token);
  const resource = schema.resources[token] as Schema["resources"][string];
  const [text = "", example] = resource.description.split("\n\n## Example Usage\n\n");
  const paragraphs = text.split("\n\n");
  const errors = paragraphs.filter((paragraph) => paragraph.startsWith("Errors: "));
  const used = typesOf(schema, { ...resource.inputProperties, ...resource.properties });
  const parts = [
    `# ${name}\n\n${GENERATED}`,
    `${paragraphs.filter((paragraph) => !errors.includes(paragraph)).join("\n\n")}\n`,
    ...(example === undefined ? [] : [codeOf(example)]),
    `In other languages: \`${token}\` ([installation](../installation-configuration.md)).\n`,
    "## Arguments\n",
    properties(schema, resource.inputProperties, resource.requiredInputs),
    "## Outputs\n",
    outputs(schema, resource.properties),
    ...(errors.length === 0
      ? []
      : ["## Errors\n", `${errors.join("\n\n").slice(8)} [What each means](../errors.md).\n`]),
    ...used.flatMap((type) => typeSection(schema, type)),
  ];
  return { path: `docs/reference/${fileOf(name)}`, text: parts.join("\n") };
}

/** The list of classes. */
export function indexPage(schema: Schema): { path: string; text: string } {
  const rows = Object.entries(schema.resources).map(([token, { description }]) => {
    const name = shortName(token);
    return `| [${name}](${fileOf(name)}) | ${cell(firstSentence(description))} |`;
  });
  const text = `# Reference

${GENERATED}
Every class with its arguments and outputs. Each argument says what it means, its unit and its default; your editor shows the same, and so does
[schema.json](../../schema.json). Errors by code: [errors.md](../errors.md).

| class | |
|---|---|
${rows.join("\n")}
`;
  return { path: "docs/reference/README.md", text };
}

/** An example as a program of its own: with the imports that the doc comment leaves out. */
function codeOf(example: string): string {
  const code = example.replace(/^```typescript\n/, "").replace(/```\s*$/, "");
  const names = [...new Set([...code.matchAll(/\bnew (\w+)\(/g)].map(([, name = ""]) => name))];
  const imports = names.map((name) => {
    const module = MODULES[name];
    return `import { ${name} } from "pulumi-oidc-runner${module === undefined ? "" : `/${module}`}";`;
  });
  return `\`\`\`ts\n${imports.join("\n")}\n\n${code.trimEnd()}\n\`\`\`\n`;
}

function properties(schema: Schema, all: Record<string, PropertySchema>, required: readonly string[] = []): string {
  const rows = Object.entries(all).map(([name, property]) => {
    const { meaning, byDefault } = readDescription(property.description ?? "");
    const unless = required.includes(name) ? "needed" : inTypeScript(byDefault);
    return `| \`${name}\` | ${typeText(schema, property, name)} | ${cell(meaning)} | ${cell(unless)} |`;
  });
  return `| argument | type | meaning | default |\n|---|---|---|---|\n${rows.join("\n")}\n`;
}

function outputs(schema: Schema, all: Record<string, PropertySchema>): string {
  const rows = Object.entries(all).map(
    ([name, property]) => `| \`${name}\` | ${typeText(schema, property, name)} | ${cell(property.description ?? "")} |`,
  );
  return `| output | type | meaning |\n|---|---|---|\n${rows.join("\n")}\n`;
}

function typeSection(schema: Schema, token: string): string[] {
  const type = schema.types[token] as TypeSchema;
  const head = [`## ${shortName(token)}\n`, ...(type.description === undefined ? [] : [`${type.description}\n`])];
  if (type.enum !== undefined) {
    return [...head, `One of ${type.enum.map(({ value }) => `\`${value}\``).join(", ")}.\n`];
  }
  return [...head, properties(schema, type.properties ?? {}, type.required)];
}

/** The type of a property, with its unit where the name says it, and a link to a type that the page has. */
function typeText(schema: Schema, property: PropertySchema, name: string): string {
  const { type, items, additionalProperties, oneOf, $ref } = property;
  const of = (part: PropertySchema) => typeText(schema, part, "");
  if ($ref !== undefined) {
    const token = $ref.replace(/^#\/types\//, "");
    const target = shortName(token);
    return schema.types[token] === undefined ? "any" : `[${target}](#${target.toLowerCase()})`;
  }
  if (oneOf !== undefined) {
    return oneOf.map(of).join(" or ");
  }
  if (items !== undefined) {
    return `list of ${of(items)}`;
  }
  if (additionalProperties !== undefined) {
    return `map of ${of(additionalProperties)}`;
  }
  const unit = /Seconds$/.test(name) && type !== "string" ? ", seconds" : "";
  return `${WORDS[type ?? ""] ?? type ?? "any"}${unit}`;
}

const WORDS: Record<string, string> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "map",
};

/** A description without its sentence on the default, and that. */
function readDescription(description: string): { meaning: string; byDefault: string } {
  const found = /(?:^|\s)Default: ((?:[^.]|\.(?!\s|$))*)\.(?=\s|$)/.exec(description);
  return found === null
    ? { meaning: description, byDefault: "none" }
    : { meaning: description.replace(found[0], "").trim(), byDefault: found[1] ?? "" };
}

/** The plugin's configuration stands in in other languages than TypeScript. */
function inTypeScript(byDefault: string): string {
  return byDefault === "that of the provider's configuration"
    ? `needed in TypeScript; elsewhere ${byDefault}`
    : byDefault;
}

function firstSentence(description: string): string {
  return /^(?:[^.]|\.(?!\s))*\./.exec(description)?.[0] ?? description;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s*\n+\s*/g, " ");
}

function fileOf(name: string): string {
  return `${name.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.md`;
}
