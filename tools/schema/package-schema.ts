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
  repository?: string;
  pluginDownloadURL?: string;
  language: Record<string, unknown>;
}

/** What follows from where the sources are published. */
export interface Addresses {
  /** Web address of the sources. */
  repository?: string;
  /** Where the engine finds the plugin's archives: the releases of the repository, for one at GitHub. */
  pluginDownloadURL?: string;
  /** Path of the SDK for Go as a module. */
  goModule: string;
}

/** Stands for the repository in Go's import paths, which must have one. No module can be fetched from it (RFC 2606 §3). */
const NO_REPOSITORY = "https://example.com/pulumi-oidc-runner";

/** @param repository the field of package.json: `https://HOST/OWNER/NAME`. Nothing else has an address of its own */
export function addressesOf(repository: string | undefined): Addresses {
  const goModule = `${(repository ?? NO_REPOSITORY).replace("https://", "")}/sdk/go/oidcrunner`;
  const [, ownerAndName] = /^https:\/\/github\.com\/([^/]+\/[^/]+)$/.exec(repository ?? "") ?? [];
  return {
    ...(repository !== undefined && { repository }),
    ...(ownerAndName !== undefined && { pluginDownloadURL: `github://api.github.com/${ownerAndName}` }),
    goModule,
  };
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
  const { goModule, ...addresses } = addressesOf(manifest.repository);
  const { types, resources } = contentsOf(program, entry, PACKAGE_NAME);
  return {
    name: PACKAGE_NAME,
    displayName: "OIDC Runner",
    version: manifest.version,
    description: manifest.description,
    keywords: manifest.keywords,
    license: manifest.license,
    ...addresses,
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
        importBasePath: goModule,
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
  /** Web address of the sources; see {@link addressesOf}. */
  repository?: string;
  peerDependencies: Record<string, string>;
}
