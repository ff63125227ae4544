import { join, relative } from "node:path";
import {
  type ClusterShape,
  clusterOfShape,
  defaultLabDirectory,
  LAB_ORGANIZATION,
  type Lab,
  type LabState,
  putEnvironments,
  startLab,
} from "../lab";
import { Engine } from "../lab/engine";
import { exampleRoot } from "./example-root";
import {
  type DeploymentExample,
  type EnvironmentExample,
  EXAMPLE_ORGANIZATION,
  type Example,
  exampleNamed,
  type PipelineExample,
  type RequestsExample,
} from "./examples";
import {
  followDeployments,
  followEnvironments,
  followJob,
  followNearMiss,
  followPipeline,
  followRequests,
} from "./follow";
import { describeProvider, prepareLab } from "./lab";
import { onAbandonment } from "./on-abandonment";
import { type Line, styled } from "./print";
import { createProgress } from "./progress";
import { engineLine, Screen } from "./screen";
import {
  type Account,
  type AttemptsResult,
  type RequestsResult,
  type StartResult,
  summarise,
  summariseAttempts,
  summariseRequests,
} from "./summary";
import { tellAccount, tellCleanedUp, tellNext, tellUse, whatIsReal } from "./telling";

const screen = new Screen();

/**
 * Starts a lab, runs an example with the real CLI, follows its Job, pipeline, environment or deployments and says what happened.
 *
 * @returns the exit code: 0 only if the pod exchanged its token and `pulumi whoami` answered inside it, or the wanted job, environment
 * or deployment logged in and all that resemble it were refused, or each request of its clients was answered as it should be
 */
export async function start(
  name = "quickstart",
  { keep = false, directory: given }: { keep?: boolean; directory?: string },
): Promise<number> {
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
  const root = await exampleRoot(example, progress);
  const opensEnvironments = keep || example.environments !== undefined;
  const prepared = await prepareLab(progress, { programs: root, opensEnvironments });
  progress.step("Starting the lab: a Kubernetes API and stand-ins (about 4 s)");
  const begun = Date.now();
  // Kept labs lie where `oidc-runner lab down` looks for them; others have a place of their own.
  const own = keep ? defaultLabDirectory() : `${defaultLabDirectory()}-${process.pid}`;
  const directory = given ?? own;
  lab = await startLab({
    ...prepared,
    images: example.images?.(root),
    directory,
    organization: example.pipeline === undefined ? LAB_ORGANIZATION : EXAMPLE_ORGANIZATION,
    clusters: [clusterOfShape(example.shape)],
    detached: keep,
  });
  progress.done(
    `The lab is running (${((Date.now() - begun) / 1000).toFixed(1)} s), with ${describeProvider(prepared)}`,
  );
  screen.text(whatIsReal(example), "dim");
  let works: boolean | undefined;
  let failure: unknown;
  try {
    const { account, configFile, job } = await runExample(example, root, lab, abandoned.signal);
    works = account.works;
    tellAccount(screen, account);
    if (keep) {
      tellUse(screen, lab.state, join(root, example.directory), configFile, job, given);
    }
  } catch (error) {
    failure = error;
  }
  // The engine has ended by now: it would go on writing into the lab's directory.
  if (!keep || works === undefined) {
    await lab.stop();
    if (works) {
      tellCleanedUp(screen, directory);
    }
  }
  if (works) {
    tellNext(screen, example, name, keep);
  }
  // Ctrl-C ends Pulumi and the lab too, and this process may hear of their end before it gets its own signal.
  if (abandonedWith === undefined && failure !== undefined) {
    throw failure;
  }
  return abandonedWith ?? (works ? 0 : 1);
}

/** What a run of an example showed. */
interface ExampleResult {
  account: Account;
  /** The stack's configuration file. */
  configFile: string;
  /** `NAMESPACE/NAME` of its Job, if it has one that logs in. */
  job?: string;
}

async function runExample(example: Example, root: string, lab: Lab, signal: AbortSignal): Promise<ExampleResult> {
  const { state } = lab;
  const project = join(root, example.directory);
  const config = { ...example.config(state), ...(await example.machineConfig?.()) };
  const engine = new Engine(state, { project, config, signal });
  await engine.init();
  screen.heading(`pulumi up --stack ${engine.stack}`, example.directory === "." ? "Pulumi.yaml" : example.directory);
  const { configFile } = engine;
  if (example.pipeline !== undefined) {
    const result = await runPipelines(example.pipeline, state, engine, signal);
    return { account: summariseAttempts("pipeline", result), configFile };
  }
  if (example.environments !== undefined) {
    const result = await runEnvironments(example.environments, state, engine, project, signal);
    return { account: summariseAttempts("environments", result), configFile };
  }
  if (example.deployments !== undefined) {
    const result = await runDeployments(example, example.deployments, root, state, engine, signal);
    return { account: summariseAttempts("deployments", result), configFile };
  }
  if (example.requests !== undefined) {
    const result = await runRequests(example.requests, state, engine, signal);
    return { account: summariseRequests(result), configFile };
  }
  const { job, ...result } = await runJob(example, state, engine, signal);
  return { account: summarise(result), configFile, job };
}

const up = (engine: Engine) =>
  engine.up([], (line) => {
    const shown = engineLine(line);
    if (shown !== undefined) {
      screen.said("pulumi", shown);
    }
  });

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
  screen.heading("The pipeline's steps", pipeline.issuer);
  const jobs = await followPipeline(pipeline, state, signal, {
    onStep: (step) => screen.said("step", step),
    onLine: (line) => screen.said("job", line),
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
  screen.heading("The environment, and those that resemble it");
  const opened = await followEnvironments(environments, state, String(environmentDefinition), {
    project,
    signal,
    onCommand: (command) => screen.said("cli", command),
  });
  return { trust: String(roleArn), ...opened };
}

async function runDeployments(
  { config }: Example,
  deployments: DeploymentExample,
  root: string,
  state: LabState,
  first: Engine,
  signal: AbortSignal,
): Promise<AttemptsResult> {
  const engines = [first];
  for (const directory of deployments.besides) {
    const engine = new Engine(state, { project: join(root, directory), config: config(state), signal });
    await engine.init();
    engines.push(engine);
  }
  const settings: string[] = [];
  for (const engine of engines) {
    if (engine !== first) {
      screen.heading(`pulumi up --stack ${engine.stack}`, relative(root, engine.project));
    }
    const { code } = await up(engine);
    signal.throwIfAborted();
    if (code !== 0) {
      return { trust: undefined };
    }
    settings.push(String((await engine.outputs()).settingsCommand));
  }
  screen.heading("Deployments of the trusted stack, and near misses", "rehearsed on this machine");
  const ran = await followDeployments(
    { ...deployments, source: join(root, deployments.source) },
    state,
    settings,
    signal,
    {
      onCommand: (command) => screen.said("cli", command),
      onLine: (line) => screen.said("deploy", line),
    },
  );
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

async function runJob(
  example: Example,
  state: LabState,
  engine: Engine,
  signal: AbortSignal,
): Promise<StartResult & { job?: string }> {
  const following = new AbortController();
  const log: string[] = [];
  let pod: string | undefined;
  const followed = followJob(
    state.kubeconfig,
    {
      onPod: (podName) => {
        pod = podName;
        screen.said("job", `pod ${podName} runs`);
      },
      onLine: (line) => {
        log.push(line);
        screen.said("job", line);
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
  if (code !== 0) {
    return resultOf(example, pod, log, {});
  }
  const outputs = await engine.outputs();
  const job = `${String(outputs.namespace)}/${String(outputs.workloadName)}`;
  screen.heading("A near miss", "the same pod as another ServiceAccount, which must be refused");
  const nearMiss = await followNearMiss(state.kubeconfig, job, (line) => screen.said("near", nearLine(line)), signal);
  return { ...resultOf(example, pod, log, outputs), nearMiss, job };
}

function resultOf(
  { shape }: Example,
  pod: string | undefined,
  log: string[],
  outputs: Record<string, unknown>,
): StartResult {
  const found = (pattern: RegExp) => log.map((line) => pattern.exec(line)).find(Boolean);
  const exchange = found(/^oidc-runner: exchanged .* in (\d+) ms; it expires (.*)$/);
  const said = log.filter((line) => !line.startsWith("oidc-runner:") && line.trim() !== "");
  const cloud = CLOUDS[shape];
  return {
    pod,
    issuerId: outputs.issuerId as string | undefined,
    subject: outputs.subject as string | undefined,
    exchangeMs: exchange?.[1],
    expires: exchange?.[2],
    whoami: exchange ? said[0] : undefined,
    cloud:
      cloud === undefined
        ? undefined
        : { name: cloud, identity: found(/^(?:oidc-runner: this pod's )?\w+ identity: (\S+)/)?.[1] },
    nearMiss: undefined,
  };
}

/** A line of a refusal, by what it tells. */
function nearLine(line: string): Line {
  const colour = /REFUSED|DIFFERS| got: /.test(line) ? "red" : line.includes("Cause:") ? "yellow" : undefined;
  return colour === undefined ? line : [styled(colour, line)];
}

/** The cloud that an example's pod has an identity of. */
const CLOUDS: Partial<Record<ClusterShape, string>> = { eks: "AWS STS", gke: "Google metadata", aks: "Entra ID" };
