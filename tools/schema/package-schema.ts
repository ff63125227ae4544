import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../toolchain";
import { contentsOf } from "./contents";
import { loadProgram, type Overlay } from "./program";
import type { Contents } from "./spec";

/** A Pulumi package schema. */
export interface PackageSchema extends Contents {
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
  const sdk = manifest.peerDependencies["@pulumi/pulumi"];
  return {
    name: PACKAGE_NAME,
    displayName: "OIDC Runner",
    version: manifest.version,
    description: manifest.description,
    keywords: manifest.keywords,
    license: manifest.license,
    language: {
      nodejs: {
        packageName: manifest.name,
        dependencies: { "@pulumi/pulumi": sdk },
        respectSchemaVersion: true,
      },
      python: {
        packageName: "pulumi_oidc_runner",
        pyproject: { enabled: true },
        respectSchemaVersion: true,
      },
      go: {
        // Without it generated files import each other from a repository that does not exist.
        importBasePath: "example.com/pulumi-oidc-runner/sdk/go/oidcrunner",
        respectSchemaVersion: true,
      },
    },
    ...contentsOf(loadProgram(entry, overlay), entry, PACKAGE_NAME),
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
  peerDependencies: Record<string, string>;
}
