/** Work of a deployment, for what executes it. */
export interface Execution {
  /** Unique; names a directory of its own. */
  id: string;
  /** Directory with the program's Pulumi.yaml. */
  directory: string;
  /** The deployment's identity token: file `/mnt/pulumi/pulumi.oidc`. */
  token: string;
  /** Environment variables of all commands. */
  environment: Record<string, string>;
  /** Lines of sh, each run by a shell of its own. */
  preRunCommands: readonly string[];
  /** Arguments of the Pulumi CLI, which follows them. */
  pulumi: readonly string[];
  /** Told before the first of `preRunCommands` and before `pulumi`. */
  onPart(part: "pre-run" | "pulumi"): void;
  /** Takes one line of their output. */
  onLine(line: string): void;
}

/** Runs the commands of a deployment; returns the exit code of the last one that ran. */
export type Execute = (work: Execution) => Promise<number>;
