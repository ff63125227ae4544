import { pins as defaultPins } from "../download";
import { type GoTool, resolveGoTool } from "../go-tool";
import type { ToolchainOptions } from "../options";
import type { ToolchainReport } from "../report";

/**
 * The program that writes SDKs from a schema: Pulumi's own code generators, built once from the Go module of the CLI.
 *
 * @returns its path
 */
export function resolveSdkGenerator(report: ToolchainReport, options: ToolchainOptions = {}): Promise<string> {
  const { version } = (options.pins ?? defaultPins).pulumi;
  const tool: GoTool = {
    name: "sdk-generator",
    version,
    label: `Pulumi's code generators ${version}`,
    files: ["go.mod", "go.sum", "main.go"],
    package: ".",
    cost: "about a minute on 2 cores",
  };
  return resolveGoTool(tool, report, options);
}
