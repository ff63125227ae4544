import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../toolchain";
import { type ConfigurationSpec, configurationOf, withDefaults } from "./configuration";
import { contentsOf } from "./contents";
import { loadProgram, type Overlay } from "./program";
import type { Contents } from "./spec";

/** A Pulumi package schema. */
export interface PackageSchema extends Contents, ConfigurationSpec {
  name: string;
  displayName: string;
  version: string;
  description: string;
  keywords: string[];
  license: string;
  language: Record<string, unknown>;
}

/** Name of the Pulumi package: the first part of every type token. */
export const PACKAGE_NAME = "oidc-runner";

/** The schema of this package, from package.json and the sources behind provider/index.ts. */
export function packageSchema(overlay?: Overlay): PackageSchema {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as Manifest;
  const entry = join(packageRoot(), "provider", "index.ts");
  const configurationFile = join(packageRoot(), "plugin", "configuration.ts");
  const program = loadProgram([entry, configurationFile], overlay);
  const configuration = configurationOf(program, configurationFile);
  const { types, resources } = contentsOf(program, entry, PACKAGE_NAME);
  return {
    name: PACKAGE_NAME,
    displayName: "OIDC Runner",
    version: manifest.version,
    description: manifest.description,
    keywords: manifest.keywords,
    license: manifest.license,
    language: {
      nodejs: {
        // Not the name of the package for programs in TypeScript, which need no plugin.
        packageName: "oidc-runner-sdk",
        dependencies: { "@pulumi/pulumi": manifest.peerDependencies["@pulumi/pulumi"] },
        respectSchemaVersion: true,
      },
      python: {
        packageName: "pulumi_oidc_runner",
        pyproject: { enabled: true },
        respectSchemaVersion: true,
      },
      go: {
        // Without it generated files import each other from a repository that does not exist.
        importBasePath: `${manifest.repository?.replace("https://", "") ?? "example.com/pulumi-oidc-runner"}/sdk/go/oidcrunner`,
        respectSchemaVersion: true,
      },
    },
    ...configuration,
    types,
    resources: withDefaults(resources, configuration),
  };
}

/** The text of schema.json. */
export function schemaText(schema: PackageSchema): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

interface Manifest {
  name: string;
  version: string;
  description: string;
  keywords: string[];
  license: string;
  /** Where the sources are, such as https://github.com/OWNER/NAME. */
  repository?: string;
  peerDependencies: Record<string, string>;
}
