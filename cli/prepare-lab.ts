import { dirname, join } from "node:path";
import type { LabOptions } from "../lab/options";
import { resolveControlPlane } from "../tools/toolchain/control-plane";
import { resolveKubernetesPlugin } from "../tools/toolchain/kubernetes-plugin";
import { packageRoot } from "../tools/toolchain/package-root";
import { resolvePulumiCli } from "../tools/toolchain/pulumi-cli";
import type { ToolchainReport } from "../tools/toolchain/report";

/** The tools a lab needs: found, fetched or built. */
export async function prepareLab(
  report: ToolchainReport,
): Promise<Pick<LabOptions, "binaries" | "pulumiCli" | "nodeModules" | "kubernetesPlugin">> {
  const pulumiCli = await resolvePulumiCli(report);
  const binaries = await resolveControlPlane(report);
  const nodeModules = sdkDirectory();
  const kubernetesPlugin = await resolveKubernetesPlugin(pulumiCli, nodeModules, report);
  return { pulumiCli, binaries, nodeModules, kubernetesPlugin };
}

/** The node_modules with Pulumi's SDKs: the user's program's, else this package's own. */
function sdkDirectory(): string {
  const sdk = require.resolve("@pulumi/pulumi/package.json", { paths: [process.cwd(), packageRoot()] });
  return join(dirname(sdk), "..", "..");
}
