import { executableIn, findExecutable } from "../find-executable";
import type { ToolchainReport } from "../report";
import { run } from "../run";
import type { ControlPlaneBinaries } from "../types";
import { isAtLeast } from "../version";

const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager"];

/** A complete, new enough control plane in `KUBEBUILDER_ASSETS` or on `PATH`; a note says why one is passed by. */
export async function controlPlaneInstalled(
  env: NodeJS.ProcessEnv,
  minimum: string,
  report: ToolchainReport,
): Promise<ControlPlaneBinaries | undefined> {
  const assets = env.KUBEBUILDER_ASSETS;
  if (assets) {
    const found = await Promise.all(COMPONENTS.map((name) => executableIn(assets, name)));
    const taken = await complete(`KUBEBUILDER_ASSETS (${assets})`, found, env, minimum, report);
    if (taken !== undefined) {
      return taken;
    }
  }
  const found = await Promise.all(COMPONENTS.map((name) => findExecutable(name, env)));
  return complete("PATH", found, env, minimum, report);
}

async function complete(
  place: string,
  found: (string | undefined)[],
  env: NodeJS.ProcessEnv,
  minimum: string,
  report: ToolchainReport,
): Promise<ControlPlaneBinaries | undefined> {
  const [etcd, kubeApiserver, kubeControllerManager] = found;
  if (!etcd || !kubeApiserver || !kubeControllerManager) {
    const missing = COMPONENTS.filter((_, index) => found[index] === undefined);
    // Nothing at all on PATH is the usual case. The envtest assets lack the controller manager: worth a word.
    if (missing.length < COMPONENTS.length || place !== "PATH") {
      report.note(`${place} lacks ${missing.join(", ")}`);
    }
    return undefined;
  }
  const asked = await run(kubeApiserver, ["--version"], { env, timeoutMs: 20_000 });
  if (asked.code !== 0 || !isAtLeast(asked.stdout, minimum)) {
    const version = asked.stdout.trim() || "of unknown version";
    report.note(`${place} is passed by: its kube-apiserver is ${version}, not ${minimum} or later`);
    return undefined;
  }
  return { etcd: [etcd], kubeApiserver: [kubeApiserver], kubeControllerManager: [kubeControllerManager] };
}
