import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabState } from "../lab";
import { Engine } from "../lab/engine";
import { type Attempt, type Attempts, refusalsIn } from "./attempt";
import type { EnvironmentExample } from "./examples";

/**
 * Makes an example's environment with the real CLI, opens it, and then those that resemble it. What is shown are the names of the
 * variables that it gives, or the clouds' answers.
 */
export async function followEnvironments(
  { environment, nearMisses }: EnvironmentExample,
  state: LabState,
  definition: string,
  { project, signal, onCommand }: { project: string; signal: AbortSignal; onCommand: (command: string) => void },
): Promise<Attempts> {
  const { organization, url } = state.pulumiCloud;
  const engine = new Engine(state, { project, signal, env: { PULUMI_BACKEND_URL: url } });
  const directory = join(state.directory, "opened-environments");
  mkdirSync(directory, { recursive: true, mode: 0o700 });

  const file = join(directory, "definition.yaml");
  writeFileSync(file, definition, { mode: 0o600 });

  const open = async (name: string, of: string, isTold: boolean): Promise<Attempt> => {
    const reference = `${organization}/${of}`;
    const commands = [
      ["env", "init", reference],
      ["env", "edit", reference, "--file", file],
      ["env", "open", reference],
    ];
    let output = "";
    for (const words of commands) {
      signal.throwIfAborted();
      if (isTold) {
        onCommand(`pulumi ${words.join(" ").replace(file, "definition.yaml")}`);
      }
      ({ output } = await engine.run(words));
    }
    // The CLI ends with 0 where a login failed.
    const refusals = refusalsIn(output);
    const variables = refusals.length > 0 ? [] : variablesIn(output);
    const outcome = refusals.length > 0 ? "refused" : variables.length > 0 ? "admitted" : "failed";
    return { name, outcome, shown: outcome === "refused" ? refusals : variables };
  };

  const wanted = await open(environment, environment, true);
  const others: Attempt[] = [];
  for (const { name, environment: of } of nearMisses) {
    others.push(await open(name, of, false));
  }
  return { wanted, nearMisses: others };
}

/** Names of the environment variables; their values are credentials. */
function variablesIn(output: string): string[] {
  try {
    const { environmentVariables = {} } = JSON.parse(output) as { environmentVariables?: Record<string, string> };
    return Object.keys(environmentVariables);
  } catch {
    return [];
  }
}
