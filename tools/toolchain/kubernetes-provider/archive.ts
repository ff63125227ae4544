import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  downloadOfficial,
  fillUrl,
  GO_ARCH,
  type OfficialFile,
  type Pins,
  RouteUnavailable,
  unpack,
} from "../download";
import type { ToolchainOptions } from "../options";
import type { ToolchainReport } from "../report";

/**
 * The archive of the Kubernetes provider for a system and processor.
 *
 * Where the engine takes it from: pulumi/pulumi sdk/go/common/workspace/plugins.go (getPulumiSource) at 1b594989. Checksums:
 * pulumi/pulumi-kubernetes .goreleaser.yml at 94977969 leaves GoReleaser's default, `PROJECT_VERSION_checksums.txt`, in place.
 */
export function kubernetesPluginArchive(
  { kubernetesPlugin }: Pins,
  version: string,
  platform: string,
  arch: string,
): OfficialFile {
  const values = { version, os: platform, arch: GO_ARCH[arch] ?? arch };
  return {
    url: fillUrl(kubernetesPlugin.archive, values),
    checksumUrl: fillUrl(kubernetesPlugin.checksums, values),
    sha256: kubernetesPlugin.sha256[`${version}-${platform}-${arch}`],
  };
}

/** Fills a plugin directory with the official provider. */
export async function downloadKubernetesPlugin(
  target: string,
  version: string,
  { env, pins, platform, arch }: Required<ToolchainOptions>,
  report: ToolchainReport,
): Promise<Record<string, string>> {
  if (!["linux", "darwin"].includes(platform) || GO_ARCH[arch] === undefined) {
    throw new RouteUnavailable(`no archive of the Kubernetes provider for ${platform}-${arch} that we can unpack`);
  }
  const file = kubernetesPluginArchive(pins, version, platform, arch);
  await mkdir(target, { recursive: true });
  const archive = join(target, "archive.tar.gz");
  const sha256 = await downloadOfficial(file, archive, env, report);
  await unpack(archive, target, ["pulumi-resource-kubernetes"], env);
  await rm(archive);
  return { source: file.url, sha256 };
}
