import { rm } from "node:fs/promises";
import { join } from "node:path";
import { downloadOfficial, fillUrl, type OfficialFile, type Pins, RouteUnavailable, unpack } from "../download";
import type { ToolchainOptions } from "../options";
import type { ToolchainReport } from "../report";

/** Systems and processors for which Pulumi publishes archives that we can unpack. */
export const PULUMI_PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/** The archive that Pulumi publishes for a system and processor. */
export function pulumiArchive({ pulumi }: Pins, platform: string, arch: string): OfficialFile {
  const values = { version: pulumi.version, os: platform, arch };
  return {
    url: fillUrl(pulumi.archive, values),
    checksumUrl: fillUrl(pulumi.checksums, values),
    sha256: pulumi.sha256[`${platform}-${arch}`],
  };
}

/** Puts the official CLI with its Node language host and dynamic-provider launcher into a directory. */
export async function downloadPulumi(
  directory: string,
  { env, pins, platform, arch }: Required<ToolchainOptions>,
  report: ToolchainReport,
): Promise<Record<string, string>> {
  if (!PULUMI_PLATFORMS.includes(`${platform}-${arch}`)) {
    throw new RouteUnavailable(`Pulumi publishes no archive for ${platform}-${arch} that we know of`);
  }
  const file = pulumiArchive(pins, platform, arch);
  const archive = join(directory, "archive.tar.gz");
  const sha256 = await downloadOfficial(file, archive, env, report);
  // The archive holds hosts for languages that the lab never runs, several hundred megabytes.
  const names = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
  await unpack(
    archive,
    directory,
    names.map((name) => `pulumi/${name}`),
    env,
  );
  await rm(archive);
  return { source: file.url, sha256 };
}
