import { dirname } from "node:path";
import { type GoTool, orMissing, resolveGoTool } from "../go-tool";
import type { ToolchainOptions } from "../options";
import type { ToolchainReport } from "../report";

/** Directory of Pulumi's own language host for YAML, or why there is none. */
export type YamlHost = { directory: string } | { missing: string };

const HOST: GoTool = {
  name: "language-yaml",
  version: "1.38.1",
  label: "language host for YAML",
  files: ["go.mod", "go.sum"],
  program: "pulumi-language-yaml",
  package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  variables: ["github.com/pulumi/pulumi-yaml/pkg/version.Version=v1.38.1"],
  cost: "about two minutes on 2 cores",
};

/** Pulumi's language host for YAML, built once from its pinned Go module. Tests run programs in YAML by it. */
export async function resolveYamlHost(report: ToolchainReport, options: ToolchainOptions = {}): Promise<YamlHost> {
  const host = await orMissing(resolveGoTool(HOST, report, options));
  return "missing" in host ? host : { directory: dirname(host.path) };
}
