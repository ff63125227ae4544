import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { packageRoot, type ToolchainReport } from "../toolchain";
import { resolveSdkGenerator } from "../toolchain/sdk-generator";

/** Directories of packages, below `sdk`. */
const PACKAGES = ["nodejs", "python", "go/oidcrunner"];

/** The languages whose generators are in no module that is to be had: pulumi-dotnet and pulumi-java have their own. */
export const NOT_GENERATED = [".NET", "Java"];

/** Writes the SDKs into a directory: what Pulumi's generators make of schema.json, with metadata, README and licence. */
export async function writeSdks(directory: string, report: ToolchainReport): Promise<void> {
  const root = packageRoot();
  const generator = await resolveSdkGenerator(report);
  const made = mkdtempSync(join(tmpdir(), "oidc-runner-sdk-"));
  const goModFile = join(made, "go", "oidcrunner", "go.mod");
  try {
    execFileSync(generator, [join(root, "schema.json"), made], { stdio: ["ignore", "ignore", "pipe"] });
    cpSync(join(root, "tools", "sdk-files"), made, { recursive: true });
    // Of the package, and of what is in it, where the generator puts one of its own.
    copyFileSync(join(made, "python", "README.md"), join(made, "python", "pulumi_oidc_runner", "README.md"));
    for (const own of PACKAGES) {
      copyFileSync(join(root, "LICENSE"), join(made, own, "LICENSE"));
    }
    completeManifest(join(made, "nodejs", "package.json"));
    writeFileSync(goModFile, readFileSync(goModFile, "utf8").replace(/^module .*/, `module ${goModule()}`));
    rmSync(directory, { recursive: true, force: true });
    cpSync(made, directory, { recursive: true });
  } finally {
    rmSync(made, { recursive: true });
  }
}

/** Programs in Go that use the SDK in this clone. */
const GO_PROGRAMS = ["examples/gke-go", "tests/engine/programs/go"];

/**
 * The programs in Go with the path of the SDK's module as schema.json has it.
 *
 * @returns text by path of each file
 */
export function goPrograms(): Record<string, string> {
  const files = GO_PROGRAMS.flatMap((directory) =>
    ["go.mod", "main.go"].map((file) => join(packageRoot(), directory, file)),
  );
  const path = /(?<=["\s])[^\s".][^\s"]*\/sdk\/go\/oidcrunner(?=["\s])/g;
  return Object.fromEntries(files.map((file) => [file, readFileSync(file, "utf8").replace(path, goModule())]));
}

/** Path of the SDK for Go as a module. */
function goModule(): string {
  const schema = JSON.parse(readFileSync(join(packageRoot(), "schema.json"), "utf8")) as {
    language: { go: { importBasePath: string } };
  };
  return schema.language.go.importBasePath;
}

/** What is different between two directories, as paths. */
export function differences(one: string, other: string): string[] {
  const files = (directory: string) =>
    existsSync(directory)
      ? readdirSync(directory, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
      : [];
  const all = [...new Set([...files(one), ...files(other)])].sort();
  const text = (directory: string, file: string) =>
    existsSync(join(directory, file)) ? readFileSync(join(directory, file), "utf8") : undefined;
  return all.filter((file) => text(one, file) !== text(other, file));
}

/**
 * Pulumi's generator writes no files, entry and description into the manifest: `npm run build` compiles to bin, which is what is
 * published.
 */
function completeManifest(file: string): void {
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const description = "Components of pulumi-oidc-runner for programs that use the Pulumi plugin oidc-runner.";
  const complete = { ...manifest, description, main: "bin/index.js", types: "bin/index.d.ts", files: ["bin"] };
  writeFileSync(file, `${JSON.stringify(complete, undefined, 2)}\n`);
}
