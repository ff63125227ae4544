import { chmod, rm } from "node:fs/promises";
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

/** A binary of the control plane as Kubernetes publishes it. `arch` is Go's name. */
export function kubernetesBinary({ kubernetes }: Pins, name: string, platform: string, arch: string): OfficialFile {
  const values = { version: kubernetes.version, os: platform, arch, name };
  return {
    url: fillUrl(kubernetes.binary, values),
    checksumUrl: fillUrl(kubernetes.checksum, values),
    sha256: kubernetes.sha256[`${name}-${arch}`],
  };
}

/** The archive that etcd publishes. `arch` is Go's name. */
export function etcdArchive({ etcd }: Pins, platform: string, arch: string): OfficialFile {
  const values = { version: etcd.version, os: platform, arch };
  return {
    url: fillUrl(etcd.archive, values),
    checksumUrl: fillUrl(etcd.checksums, values),
    sha256: etcd.sha256[arch],
  };
}

/** What is downloaded of Kubernetes itself. */
export const KUBERNETES_BINARIES = ["kube-apiserver", "kube-controller-manager"];

/** Puts the official etcd, kube-apiserver and kube-controller-manager into a directory. */
export async function downloadControlPlane(
  directory: string,
  { env, pins, platform, arch }: Required<ToolchainOptions>,
  report: ToolchainReport,
): Promise<Record<string, string>> {
  const goArch = GO_ARCH[arch];
  if (goArch === undefined) {
    throw new RouteUnavailable(`Kubernetes publishes no binaries for ${arch} that we know of`);
  }
  const record: Record<string, string> = {};
  for (const name of KUBERNETES_BINARIES) {
    const file = kubernetesBinary(pins, name, platform, goArch);
    record[file.url] = await downloadOfficial(file, join(directory, name), env, report);
    await chmod(join(directory, name), 0o755);
  }
  const file = etcdArchive(pins, platform, goArch);
  const archive = join(directory, "archive.tar.gz");
  record[file.url] = await downloadOfficial(file, archive, env, report);
  await unpack(archive, directory, [`etcd-v${pins.etcd.version}-${platform}-${goArch}/etcd`], env);
  await rm(archive);
  return record;
}
