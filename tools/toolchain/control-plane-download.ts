import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { RouteUnavailable } from "./download";
import { downloadOfficial } from "./official-file";
import type { ToolchainOptions } from "./options";
import { fillUrl } from "./pinned";
import type { ToolchainReport } from "./report";
import { unpack } from "./unpack";

/** Node's name of a processor to Go's, which Kubernetes and etcd publish under. */
const GO_ARCH: Record<string, string | undefined> = { x64: "amd64", arm64: "arm64" };

/** Puts the official etcd, kube-apiserver and kube-controller-manager into a directory. */
export async function downloadControlPlane(
  directory: string,
  { env, pins, platform, arch }: Required<ToolchainOptions>,
  report: ToolchainReport,
): Promise<Record<string, string>> {
  const goArch = GO_ARCH[arch];
  if (goArch === undefined) throw new RouteUnavailable(`Kubernetes publishes no binaries for ${arch} that we know of`);
  const record: Record<string, string> = {};
  const { kubernetes, etcd } = pins;
  for (const name of ["kube-apiserver", "kube-controller-manager"]) {
    const values = { version: kubernetes.version, os: platform, arch: goArch, name };
    const url = fillUrl(kubernetes.binary, values);
    const file = {
      url,
      checksumUrl: fillUrl(kubernetes.checksum, values),
      sha256: kubernetes.sha256[`${name}-${goArch}`],
    };
    record[url] = await downloadOfficial(file, join(directory, name), env, report);
    await chmod(join(directory, name), 0o755);
  }
  const values = { version: etcd.version, os: platform, arch: goArch };
  const url = fillUrl(etcd.archive, values);
  const archive = join(directory, "archive.tar.gz");
  const file = { url, checksumUrl: fillUrl(etcd.checksums, values), sha256: etcd.sha256[goArch] };
  record[url] = await downloadOfficial(file, archive, env, report);
  await unpack(archive, directory, [`etcd-v${etcd.version}-${platform}-${goArch}/etcd`], env);
  await rm(archive);
  return record;
}
