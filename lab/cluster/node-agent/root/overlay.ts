import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { runTool } from "../run-tool";

/**
 * Whether the kernel lets us lay an overlay over the whole file system. In a user namespace it does not, and neither
 * where overlays are already stacked too deep.
 *
 * @param directory on a tmpfs; used for the attempt and left as it was
 */
export async function canOverlayRoot(directory: string): Promise<boolean> {
  const attempt = path.join(directory, "overlay-attempt");
  const [upper, work, root] = ["upper", "work", "root"].map((name) => path.join(attempt, name));
  for (const part of [upper!, work!, root!]) {
    await mkdir(part, { recursive: true });
  }
  try {
    await runTool("mount", ["-t", "overlay", "-o", `lowerdir=/,upperdir=${upper},workdir=${work}`, "overlay", root!]);
    await runTool("umount", ["--lazy", root!]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(attempt, { recursive: true, force: true });
  }
}
