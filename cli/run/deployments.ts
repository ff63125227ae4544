import { join, relative } from "node:path";
import { Engine } from "../../lab/engine";
import type { DeploymentExample } from "../examples";
import { followDeployments } from "../follow";
import { summariseAttempts } from "../summary";
import { type ExampleResult, type Run, up } from "./run";

/** Deploys the trusted stack, and then stacks and operations that resemble it. */
export async function runDeployments(run: Run, deployments: DeploymentExample): Promise<ExampleResult> {
  const { example, root, lab, engine: first, screen, signal } = run;
  const engines = [first];
  for (const directory of deployments.besides) {
    const engine = new Engine(lab, { project: join(root, directory), config: example.config(lab), signal });
    await engine.init();
    engines.push(engine);
  }
  const settings: string[] = [];
  for (const engine of engines) {
    if (engine !== first) {
      screen.heading(`pulumi up --stack ${engine.stack}`, relative(root, engine.project));
    }
    if (!(await up(run, engine))) {
      return { account: summariseAttempts("deployments", { trust: undefined }) };
    }
    settings.push(String((await engine.outputs()).settingsCommand));
  }
  screen.heading("Deployments of the trusted stack, and near misses", "rehearsed on this machine");
  const source = join(root, deployments.source);
  const ran = await followDeployments({ ...deployments, source }, lab, settings, signal, {
    onCommand: (command) => screen.said("cli", command),
    onLine: (line) => screen.said("deploy", line),
  });
  return { account: summariseAttempts("deployments", { trust: deployments.stack, ...ran }) };
}
