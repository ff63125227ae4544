import { pins as defaultPins } from "../download";
import { type GoTool, orMissing, resolveGoTool } from "../go-tool";
import type { ToolchainOptions } from "../options";
import type { ToolchainReport } from "../report";
import type { EscEvaluator } from "../types";

/**
 * The program that evaluates definitions of ESC environments, built once from the pinned Go module that the Pulumi CLI has its
 * evaluator from. Where it can't be built, the reason.
 */
export async function resolveEscEvaluator(
  report: ToolchainReport,
  options: ToolchainOptions = {},
): Promise<EscEvaluator> {
  const { version } = (options.pins ?? defaultPins).pulumi;
  const tool: GoTool = {
    name: "esc-evaluator",
    version,
    label: `evaluator of Pulumi ESC ${version}`,
    files: ["go.mod", "go.sum", "main.go"],
    package: ".",
    cost: "about half a minute on 2 cores",
  };
  const evaluator = await orMissing(resolveGoTool(tool, report, options));
  if ("missing" in evaluator) {
    report.note(`the lab opens no ESC environments: ${evaluator.missing}`);
  }
  return evaluator;
}
