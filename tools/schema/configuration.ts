import ts from "typescript";
import { refusal } from "./refuse";
import type { Contents, PropertySpec } from "./spec";
import { TypeMapper } from "./types";

/** The configuration of the plugin's provider, as a schema has it twice: for stacks and for explicit providers. */
export interface ConfigurationSpec {
  config: { variables: Record<string, PropertySpec> };
  provider: { description: string; inputProperties: Record<string, PropertySpec> };
}

/** What is encrypted in state and hidden in logs. */
const SECRETS = ["accessToken"];

/** The provider's configuration, from the interface `Configuration` of a file. */
export function configurationOf(program: ts.Program, file: string): ConfigurationSpec {
  const source = program.getSourceFile(file) as ts.SourceFile;
  const declaration = source.statements
    .filter(ts.isInterfaceDeclaration)
    .find(({ name }) => name.text === "Configuration");
  if (declaration === undefined) {
    throw refusal(source, "Configuration", "there is no such interface", "declare it");
  }
  const { properties } = new TypeMapper(program.getTypeChecker(), (name) => name).input(declaration, true);
  const variables = Object.fromEntries(
    Object.entries(properties).map(([name, spec]) => [
      name,
      { ...spec, ...(SECRETS.includes(name) && { secret: true }) },
    ]),
  );
  const description =
    "Which Pulumi Cloud the resources are of. By default it is the one that `pulumi` is logged in to, and each resource names its organization.";
  return { config: { variables }, provider: { description, inputProperties: variables } };
}

/** Resources with arguments that the configuration stands in for: they can be left out. */
export function withDefaults(resources: Contents["resources"], { config }: ConfigurationSpec): Contents["resources"] {
  // Of the secrets there is none: a runner's `accessToken` is the one that it asks for.
  const stands = (name: string) => name in config.variables && !SECRETS.includes(name);
  return Object.fromEntries(
    Object.entries(resources).map(([token, resource]) => {
      const inputs = Object.entries(resource.inputProperties).map(([name, spec]): [string, PropertySpec] => {
        const isFree = stands(name) && resource.requiredInputs.includes(name);
        const text = `${spec.description} Default: that of the provider's configuration.`;
        return [name, isFree ? { ...spec, description: text } : spec];
      });
      const requiredInputs = resource.requiredInputs.filter((name) => !stands(name));
      return [token, { ...resource, inputProperties: Object.fromEntries(inputs), requiredInputs }];
    }),
  );
}
