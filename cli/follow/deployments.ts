import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { LabState } from "../../lab";
import { Engine } from "../../lab/engine";
import { packageRoot } from "../../tools/toolchain";
import { type Attempt, type Attempts, refusalsIn } from "../attempt";
import type { DeploymentExample } from "../examples";

/** What is told while deployments run. */
export interface DeploymentListener {
  onCommand(command: string): void;
  onLine(line: string): void;
}

/**
 * Gives a stack the settings that the trusts of an example print, and deploys it with the real CLI by the lab's rehearsal of Pulumi
 * Deployments, and then stacks and operations that resemble it with the same settings.
 *
 * @param settings the command of each trust, `pulumi deployment settings edit …`
 */
export async function followDeployments(
  { source: directory, stack: trusted, operations, identities, nearMisses }: DeploymentExample,
  state: LabState,
  settings: readonly string[],
  signal: AbortSignal,
  told: DeploymentListener,
): Promise<Attempts> {
  const { organization, url } = state.pulumiCloud;
  const project = resolve(packageRoot(), directory);
  const engine = new Engine(state, { project, signal, env: { PULUMI_BACKEND_URL: url } });
  const made = new Set<string>();

  const cli = async (words: string[], listener?: Partial<DeploymentListener>) => {
    signal.throwIfAborted();
    listener?.onCommand?.(`pulumi ${words.join(" ")}`);
    // Where no program is: the CLI refuses a stack of another project than the one it is in.
    const where = ["--cwd", state.directory];
    return engine.run([...words, ...where], (line) => line.trim() !== "" && listener?.onLine?.(line));
  };

  /** Makes a stack with the settings, unless it is there. */
  const make = async (name: string, listener?: DeploymentListener): Promise<void> => {
    if (made.has(name)) {
      return;
    }
    made.add(name);
    const commands = { onCommand: listener?.onCommand };
    await cli(["stack", "init", name, "--no-select"], commands);
    for (const command of settings) {
      signal.throwIfAborted();
      const own = command.replaceAll(`${organization}/${trusted}`, name);
      listener?.onCommand(own);
      await engine.shell(own);
    }
    const source = ["--git-url", pathToFileURL(project).href, "--branch", "main", "--env", "NODE_NO_WARNINGS=1"];
    await cli(["deployment", "settings", "edit", "--stack", name, ...source], commands);
  };

  const deploy = async (stack: string, operation: string, listener?: DeploymentListener) => {
    const name = `${organization}/${stack}`;
    await make(name, listener);
    const words = ["deployment", "run", operation, "--stack", name, "--suppress-stream-logs=false"];
    return cli(words, listener);
  };

  const run = async (): Promise<Attempt> => {
    const codes: number[] = [];
    for (const operation of operations) {
      codes.push((await deploy(trusted, operation, told)).code);
    }
    const { output } = await cli(["stack", "output", "--json", "--stack", `${organization}/${trusted}`]);
    const shown = codes.every((code) => code === 0) ? valuesIn(output, identities) : [];
    return { name: trusted, outcome: shown.length === identities.length ? "admitted" : "failed", shown };
  };

  const wanted = await run();
  const others: Attempt[] = [];
  for (const { name, stack = trusted, operation = "preview" } of nearMisses) {
    const { code, output } = await deploy(stack, operation);
    const shown = refusalsIn(output);
    others.push({ name, outcome: code === 0 ? "admitted" : shown.length > 0 ? "refused" : "failed", shown });
  }
  return { wanted, nearMisses: others };
}

/** Values of a stack's outputs that are there. */
function valuesIn(output: string, names: readonly string[]): string[] {
  try {
    const outputs = JSON.parse(output) as Record<string, string>;
    return names.flatMap((name) => (outputs[name] === undefined || outputs[name] === "none" ? [] : [outputs[name]]));
  } catch {
    return [];
  }
}
