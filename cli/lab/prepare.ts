import { dirname, join } from "node:path";
import type { LabOptions } from "../../lab";
import { packageRoot, type ToolchainReport } from "../../tools/toolchain";
import { resolveControlPlane } from "../../tools/toolchain/control-plane";
import { resolveEscEvaluator } from "../../tools/toolchain/esc-evaluator";
import { resolveKubernetesPlugin } from "../../tools/toolchain/kubernetes-provider";
import { resolvePulumiCli } from "../../tools/toolchain/pulumi-cli";
import { OidcRunnerError } from "../../trust";

/**
 * The tools a lab needs: found, fetched or built.
 *
 * @param buildProvider whether the official Kubernetes provider is built, for minutes, where it can't be downloaded;
 *   default false: the lab's stand-in takes its place
 * @param programs where the programs lie whose SDKs decide the versions of the providers; default the working directory
 * @param opensEnvironments whether what evaluates ESC environments is built, for half a minute the first time; default true
 */
export async function prepareLab(
  report: ToolchainReport,
  { programs = process.cwd(), buildProvider = false, opensEnvironments = true } = {},
): Promise<Pick<LabOptions, "binaries" | "pulumiCli" | "nodeModules" | "kubernetesPlugin" | "escEvaluator">> {
  const nodeModules = sdkDirectory(programs);
  const pulumiCli = await resolvePulumiCli(report);
  const binaries = await resolveControlPlane(report);
  const kubernetesPlugin = await resolveKubernetesPlugin(nodeModules, report, { build: buildProvider });
  const escEvaluator = opensEnvironments ? await resolveEscEvaluator(report) : undefined;
  return { pulumiCli, binaries, nodeModules, kubernetesPlugin, escEvaluator };
}

/** Which Kubernetes provider a lab runs, for people. */
export function describeProvider({ kubernetesPlugin }: Pick<LabOptions, "kubernetesPlugin">): string {
  return kubernetesPlugin === undefined
    ? "the lab's stand-in for the Kubernetes provider"
    : "the official Kubernetes provider";
}

/** The node_modules with Pulumi's SDKs: the programs', else this package's own. */
function sdkDirectory(programs: string): string {
  for (const from of [programs, packageRoot()]) {
    try {
      const sdk = require.resolve("@pulumi/pulumi/package.json", { paths: [from] });
      return join(dirname(sdk), "..", "..");
    } catch {
      // Not installed there: try the next place.
    }
  }
  throw new OidcRunnerError("PULUMI_SDK_NOT_FOUND", "the package @pulumi/pulumi is not installed", {
    where: programs,
    fix: "run this in the directory of your program, after `npm install` there",
  });
}
