import type { EnvironmentExample } from "../examples";
import { followEnvironments } from "../follow";
import { summariseAttempts } from "../summary";
import { type ExampleResult, type Run, up } from "./run";

/** Opens the trusted environment, and those that resemble it. */
export async function runEnvironments(run: Run, environments: EnvironmentExample): Promise<ExampleResult> {
  const { engine, lab, screen, signal } = run;
  if (!(await up(run, engine))) {
    return { account: summariseAttempts("environments", { trust: undefined }) };
  }
  const { environmentDefinition, roleArn } = await engine.outputs();
  screen.heading("The environment, and those that resemble it");
  const opened = await followEnvironments(environments, lab, String(environmentDefinition), {
    project: engine.project,
    signal,
    onCommand: (command) => screen.said("cli", command),
  });
  return { account: summariseAttempts("environments", { trust: String(roleArn), ...opened }) };
}
