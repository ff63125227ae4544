import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../../../tools/toolchain/cache";
import { findOnPath } from "../shell-run";

const VERSION = "v3.22.0";

/** Helm of this machine; a full run builds it from its Go module where it can. */
export async function findHelm(): Promise<string | undefined> {
  const installed = findOnPath("helm");
  if (installed !== undefined || process.env.OIDC_RUNNER_FULL !== "1" || findOnPath("go") === undefined) {
    return installed;
  }
  const directory = join(cacheDirectory(process.env), `helm-${VERSION}`);
  const env = { ...process.env, GOBIN: directory, CGO_ENABLED: "0", GOFLAGS: "-trimpath" };
  // Without a network there is no helm, and the test says so.
  await promisify(execFile)("go", ["install", `helm.sh/helm/v3/cmd/helm@${VERSION}`], { env }).catch(() => {});
  const built = join(directory, "helm");
  return existsSync(built) ? built : undefined;
}
