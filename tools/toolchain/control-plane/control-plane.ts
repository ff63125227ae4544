import { join } from "node:path";
import { OidcRunnerError } from "../../../trust";
import { type CacheItem, cacheKey, ensureCached, findCached } from "../cache";
import { pins as defaultPins, RouteUnavailable } from "../download";
import { goBuild } from "../go-build";
import type { ToolchainOptions } from "../options";
import { packageRoot } from "../package-root";
import type { ToolchainReport } from "../report";
import type { ControlPlaneBinaries } from "../types";
import { downloadControlPlane } from "./download";
import { controlPlaneInstalled } from "./installed";

/**
 * Finds etcd, kube-apiserver and kube-controller-manager: all three in `KUBEBUILDER_ASSETS`, else all three on `PATH`,
 * else the official downloads, else one combined binary built from pinned Go modules. Never a mixture: the components
 * of one control plane have one version. What was made once is taken from the cache without any network.
 */
export async function resolveControlPlane(
  report: ToolchainReport,
  options: ToolchainOptions = {},
): Promise<ControlPlaneBinaries> {
  const { env = process.env, pins = defaultPins, platform = process.platform, arch = process.arch } = options;
  const installed = await controlPlaneInstalled(env, pins.kubernetes.minimumOnPath, report);
  if (installed !== undefined) {
    return installed;
  }
  if (platform !== "linux") {
    throw new OidcRunnerError("TOOLCHAIN_PLATFORM", `no Kubernetes control plane is published for ${platform}`, {
      fix: "run the lab on Linux, or set KUBEBUILDER_ASSETS to a directory with all three binaries",
    });
  }
  const version = pins.kubernetes.version;
  const label = `Kubernetes ${version} control plane`;
  const release: CacheItem = { kind: "kubernetes-release", key: `${version}-etcd-${pins.etcd.version}-${arch}`, label };
  const module = join(packageRoot(), "tools", "control-plane");
  const files = ["go.mod", "go.sum", "main.go"].map((name) => join(module, name));
  const built: CacheItem = { kind: "control-plane", key: await cacheKey(version, files, [arch]), label };
  const downloaded = await findCached(release, env);
  if (downloaded !== undefined) {
    return separate(downloaded);
  }
  const combinedBefore = await findCached(built, env);
  if (combinedBefore !== undefined) {
    return combined(combinedBefore);
  }
  const tried = ["no complete control plane in KUBEBUILDER_ASSETS or on PATH"];
  try {
    const make = (directory: string) => downloadControlPlane(directory, { env, pins, platform, arch }, report);
    return separate(await ensureCached(release, env, report, make));
  } catch (error) {
    if (!(error instanceof RouteUnavailable)) {
      throw error;
    }
    report.note(`no official download of Kubernetes: ${error.message}`);
    tried.push(error.message);
  }
  const [major, minor] = version.split(".");
  const component = "k8s.io/component-base/version";
  const build = {
    label,
    module,
    package: ".",
    // Without them the server reports v0.0.0-master, which kubectl cannot parse.
    variables: [
      `${component}.gitVersion=v${version}`,
      `${component}.gitMajor=${major}`,
      `${component}.gitMinor=${minor}`,
      `${component}.gitTreeState=clean`,
    ],
    cost: "about 4 minutes on 2 cores, 4 GB of Go caches",
    expected: pins.goBuilds["control-plane"],
  };
  const make = (directory: string) => goBuild(build, join(directory, "control-plane"), env, report, tried);
  return combined(await ensureCached(built, env, report, make));
}

function separate(directory: string): ControlPlaneBinaries {
  const component = (name: string) => [join(directory, name)];
  return {
    etcd: component("etcd"),
    kubeApiserver: component("kube-apiserver"),
    kubeControllerManager: component("kube-controller-manager"),
  };
}

function combined(directory: string): ControlPlaneBinaries {
  const component = (name: string) => [join(directory, "control-plane"), name];
  return {
    etcd: component("etcd"),
    kubeApiserver: component("kube-apiserver"),
    kubeControllerManager: component("kube-controller-manager"),
  };
}
