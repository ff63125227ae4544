import { join } from "node:path";
import { packageRoot } from "../tools/toolchain/package-root";

/**
 * A module as it was compiled. The lab's own processes are compiled files, which lie beside the compiled starter only; and
 * what users run is compiled.
 */
export function compiled<T>(module: string): T {
  return require(join(packageRoot(), "dist", module)) as T;
}
