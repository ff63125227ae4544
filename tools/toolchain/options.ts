import type { Pins } from "./download";

/** What the resolvers take from their surroundings; tests give their own. */
export interface ToolchainOptions {
  /** Default: the process's. Decides `PATH`, the cache directory, proxies and Go's settings. */
  env?: NodeJS.ProcessEnv;
  /** Default: `pins.json`. */
  pins?: Pins;
  /** As `process.platform` and `process.arch`; default: this machine. */
  platform?: string;
  arch?: string;
}
