import { join, relative } from "node:path";
import {
  clusterOfShape,
  defaultLabDirectory,
  LAB_ORGANIZATION,
  type Lab,
  type LabState,
  putEnvironments,
  startLab,
} from "../lab";
import { Engine } from "../lab/engine";
import { packageRoot } from "../tools/toolchain";
import { areRight } from "./attempt";
import {
  type DeploymentExample,
  type EnvironmentExample,
  EXAMPLE_ORGANIZATION,
  type Example,
  exampleNamed,
  type PipelineExample,
  type RequestsExample,
} from "./examples";
import { followDeployments, followEnvironments, followJob, followPipeline, followRequests } from "./follow";
import { describeProvider, prepareLab } from "./lab";
import { onAbandonment } from "./on-abandonment";
import { print } from "./print";
import { createProgress } from "./progress";
import {
  type AttemptsResult,
  type RequestsResult,
  type StartResult,
  summarise,
  summariseAttempts,
  summariseRequests,
} from "./summary";

/**
 * Starts a lab, runs an example with the real CLI, follows its Job, pipeline, environment or deployments and says what happened.
 *
 * @returns the exit code: 0 only if the pod exchanged its token and `pulumi whoami` answered inside it, or the wanted job, environment
 * or deployment logged in and all that resemble it were refused, or each request of its clients was answered as it should be
 */
export async function start(name = "quickstart", keep: boolean): Promise<number> {
  const example = exampleNamed(name);
  let lab: Lab | undefined;
  let abandonedWith: number | undefined;
  const abandoned = new AbortController();
  onAbandonment((code) => {
    if (lab === undefined) {
      // A lab that is still starting notices by itself that no process waits for it.
      process.exit(code);
    }
    abandonedWith = code;
    abandoned.abort();
  });
  const progress = createProgress(process.stdout);
  const prepared = await prepareLab(progress, { opensEnvironments: keep || example.environments !== undefined });
  progress.step("Starting the lab: Pulumi Cloud, a Kubernetes API and its node (about 4 s)");
  const begun = Date.now();
  // Kept labs lie where `oidc-runner lab down` looks for them; others have a place of their own.
  const directory = keep ? defaultLabDirectory() : `${defaultLabDirectory()}-${process.pid}`;
  lab = await startLab({
    ...prepared,
    images: example.images?.(),
    directory,
    organization: example.pipeline === undefined ? LAB_ORGANIZATION : EXAMPLE_ORGANIZATION,
    clusters: [clusterOfShape(example.shape)],
    detached: keep,
  });
  progress.done(
    `The lab is running (${((Date.now() - begun) / 1000).toFixed(1)} s), with ${describeProvider(prepared)}`,
  );
  let works: boolean | undefined;
  let failure: unknown;
  try {
    const { configFile, ...result } = await runExample(example, lab, abandoned.signal);
    works = result.works;
    print(...result.summary.split("\n"));
    if (keep) {
      print(...howToUse(lab, configFile, example));
    }
  } catch (error) {
    failure = error;
  }
  // The engine has ended by now: it would go on writing into the lab's directory.
  if (!keep || works === undefined) {
    await lab.stop();
  }
  // Ctrl-C ends Pulumi and the lab too, and this process may hear of their end before it gets its own signal.
  if (abandonedWith === undefined && failure !== undefined) {
    throw failure;
  }
  return abandonedWith ?? (works ? 0 : 1);
}

/** What a run of an example showed. */
interface ExampleResult {
  works: boolean;
  summary: string;
  /** The stack's configuration file. */
  configFile: string;
}

async function runExample(example: Example, lab: Lab, signal: AbortSignal): Promise<ExampleResult> {
  const { state } = lab;
  const project = join(packageRoot(), example.directory);
  const config = { ...example.config(state), ...(await example.machineConfig?.()) };
  const engine = new Engine(state, { project, config, signal });
  await engine.init();
  print("", `pulumi up --stack ${engine.stack} (${example.directory === "." ? "Pulumi.yaml" : example.directory})`);
  const { configFile } = engine;
  if (example.pipeline !== undefined) {
    const result = await runPipelines(example.pipeline, state, engine, signal);
    return { works: areRight(result), summary: summariseAttempts("pipeline", result), configFile };
  }
  if (example.environments !== undefined) {
    const result = await runEnvironments(example.environments, state, engine, project, signal);
    return { works: areRight(result), summary: summariseAttempts("environments", result), configFile };
  }
  if (example.deployments !== undefined) {
    const result = await runDeployments(example, example.deployments, state, engine, signal);
    return { works: areRight(result), summary: summariseAttempts("deployments", result), configFile };
  }
  if (example.requests !== undefined) {
    const result = await runRequests(example.requests, state, engine, signal);
    return { works: result.works, summary: summariseRequests(result), configFile };
  }
  const result = await runJob(state, engine, signal);
  return { works: result.whoami !== undefined, summary: summarise(result), configFile };
}

const up = (engine: Engine) => engine.up([], (line) => line.trim() !== "" && print(`  pulumi | ${withoutTabs(line)}`));

async function runPipelines(
  pipeline: PipelineExample,
  state: LabState,
  engine: Engine,
  signal: AbortSignal,
): Promise<AttemptsResult> {
  const { code } = await up(engine);
  signal.throwIfAborted();
  if (code !== 0) {
    return { trust: undefined };
  }
  const { issuerId } = await engine.outputs();
  await putEnvironments(state, [{ project: "default", name: "dev" }]);
  print("", `The pipeline's steps (${pipeline.issuer})`);
  const jobs = await followPipeline(pipeline, state, signal, {
    onStep: (step) => print(`  step   | ${step}`),
    onLine: (line) => print(`  job    | ${withoutTabs(line)}`),
  });
  return { trust: `issuer ${String(issuerId)}`, ...jobs };
}

async function runEnvironments(
  environments: EnvironmentExample,
  state: LabState,
  engine: Engine,
  project: string,
  signal: AbortSignal,
): Promise<AttemptsResult> {
  const { code } = await up(engine);
  signal.throwIfAborted();
  if (code !== 0) {
    return { trust: undefined };
  }
  const { environmentDefinition, roleArn } = await engine.outputs();
  print("", "The environment, and those that resemble it");
  const opened = await followEnvironments(environments, state, String(environmentDefinition), {
    project,
    signal,
    onCommand: (command) => print(`  cli    | ${command}`),
  });
  return { trust: String(roleArn), ...opened };
}

async function runDeployments(
  { config }: Example,
  deployments: DeploymentExample,
  state: LabState,
  first: Engine,
  signal: AbortSignal,
): Promise<AttemptsResult> {
  const engines = [first];
  for (const directory of deployments.besides) {
    const engine = new Engine(state, { project: join(packageRoot(), directory), config: config(state), signal });
    await engine.init();
    engines.push(engine);
  }
  const settings: string[] = [];
  for (const engine of engines) {
    if (engine !== first) {
      print("", `pulumi up --stack ${engine.stack} (${relative(packageRoot(), engine.project)})`);
    }
    const { code } = await up(engine);
    signal.throwIfAborted();
    if (code !== 0) {
      return { trust: undefined };
    }
    settings.push(String((await engine.outputs()).settingsCommand));
  }
  print(
    "",
    "Deployments of the trusted stack, and of those that resemble it (the lab's rehearsal of Pulumi Deployments)",
  );
  const ran = await followDeployments(deployments, state, settings, signal, {
    onCommand: (command) => print(`  cli    | ${command}`),
    onLine: (line) => print(`  deploy | ${withoutTabs(line)}`),
  });
  return { trust: deployments.stack, ...ran };
}

async function runRequests(
  requests: RequestsExample,
  state: LabState,
  engine: Engine,
  signal: AbortSignal,
): Promise<RequestsResult> {
  const { code } = await up(engine);
  signal.throwIfAborted();
  const answers = await followRequests(requests, state.kubeconfig, signal);
  const { audience, cloudRunUrl } = code === 0 ? await engine.outputs() : {};
  return {
    works: code === 0 && answers.every(({ isRight }) => isRight),
    service: audience as string | undefined,
    cloudRun: cloudRunUrl as string | undefined,
    answers,
  };
}

async function runJob(state: LabState, engine: Engine, signal: AbortSignal): Promise<StartResult> {
  const following = new AbortController();
  const log: string[] = [];
  let pod: string | undefined;
  const followed = followJob(
    state.kubeconfig,
    {
      onPod: (podName) => {
        pod = podName;
        print(`  job    | pod ${podName} runs`);
      },
      onLine: (line) => {
        log.push(line);
        print(`  job    | ${withoutTabs(line)}`);
      },
    },
    following.signal,
  );
  const { code } = await up(engine);
  // The Job has ended with `up`; without a pod there is nothing to wait for.
  if (pod === undefined || signal.aborted) {
    following.abort();
  }
  await followed;
  signal.throwIfAborted();
  const outputs = code === 0 ? await engine.outputs() : {};
  return summaryOf(code, pod, log, outputs);
}

function summaryOf(
  code: number,
  pod: string | undefined,
  log: string[],
  outputs: Record<string, unknown>,
): StartResult {
  const exchange = log
    .map((line) => /^oidc-runner: exchanged .* in (\d+) ms; it expires (.*)$/.exec(line))
    .find(Boolean);
  const said = log.filter((line) => !line.startsWith("oidc-runner:") && line.trim() !== "");
  return {
    pod,
    issuerId: outputs.issuerId as string | undefined,
    subject: outputs.subject as string | undefined,
    exchangeMs: exchange?.[1],
    expires: exchange?.[2],
    whoami: code === 0 && exchange ? said.at(-1) : undefined,
  };
}

function howToUse(lab: Lab, configFile: string, example: Example): string[] {
  const where = example.directory === "." ? "" : ` --cwd ${example.directory}`;
  return [
    "The lab keeps running. To use it:",
    `  . ${lab.state.environmentFile}`,
    `  pulumi up --stack lab --config-file ${configFile}${where}`,
    "  kubectl get jobs --all-namespaces",
    "To end it:",
    "  npx oidc-runner lab down",
  ];
}

/** Tabs of a program's output, which would be shown as escapes. */
function withoutTabs(line: string): string {
  return line.replaceAll("\t", "    ");
}
