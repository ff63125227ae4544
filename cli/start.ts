import { join } from "node:path";
import { clusterOfShape, defaultLabDirectory, LAB_ORGANIZATION, type Lab, startLab } from "../lab";
import { Engine } from "../lab/engine";
import { packageRoot } from "../tools/toolchain";
import { type Example, exampleNamed } from "./examples";
import { followJob } from "./follow-job";
import { describeProvider, prepareLab } from "./lab";
import { onAbandonment } from "./on-abandonment";
import { print } from "./print";
import { createProgress } from "./progress";
import { type StartResult, summarise } from "./summary";

/**
 * Starts a lab, runs an example with the real CLI, follows its Job and says what happened.
 *
 * @returns the exit code: 0 only if the pod exchanged its token and `pulumi whoami` answered inside it.
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
  const progress = await createProgress(process.stdout);
  const prepared = await prepareLab(progress);
  progress.step("Starting the lab: Pulumi Cloud, a Kubernetes API and its node (about 4 s)");
  const begun = Date.now();
  // Kept labs lie where `oidc-runner lab down` looks for them; others have a place of their own.
  const directory = keep ? defaultLabDirectory() : `${defaultLabDirectory()}-${process.pid}`;
  lab = await startLab({
    ...prepared,
    directory,
    organization: LAB_ORGANIZATION,
    clusters: [clusterOfShape(example.shape)],
    detached: keep,
  });
  progress.done(
    `The lab is running (${((Date.now() - begun) / 1000).toFixed(1)} s), with ${describeProvider(prepared)}`,
  );
  let result: StartResult | undefined;
  let failure: unknown;
  try {
    result = await runExample(example, lab, abandoned.signal);
    print(...summarise(result).split("\n"));
    if (keep) {
      print(...howToUse(lab, result, example));
    }
  } catch (error) {
    failure = error;
  }
  // The engine has ended by now: it would go on writing into the lab's directory.
  if (!keep || result === undefined) {
    await lab.stop();
  }
  // Ctrl-C ends Pulumi and the lab too, and this process may hear of their end before it gets its own signal.
  if (abandonedWith === undefined && failure !== undefined) {
    throw failure;
  }
  return abandonedWith ?? (result?.whoami === undefined ? 1 : 0);
}

async function runExample(example: Example, lab: Lab, signal: AbortSignal): Promise<StartResult> {
  const { state } = lab;
  const project = join(packageRoot(), example.directory);
  const engine = new Engine(state, { project, config: example.config(state), signal });
  await engine.init();
  print("", `pulumi up --stack ${engine.stack} (${example.directory === "." ? "Pulumi.yaml" : example.directory})`);
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
  const up = await engine.up([], (line) => line.trim() !== "" && print(`  pulumi | ${withoutTabs(line)}`));
  // The Job has ended with `up`; without a pod there is nothing to wait for.
  if (pod === undefined || signal.aborted) {
    following.abort();
  }
  await followed;
  signal.throwIfAborted();
  const outputs = up.code === 0 ? await engine.outputs() : {};
  return summaryOf(up.code, pod, log, outputs, engine.configFile);
}

function summaryOf(
  code: number,
  pod: string | undefined,
  log: string[],
  outputs: Record<string, unknown>,
  configFile: string,
): StartResult {
  const exchange = log
    .map((line) => /^oidc-runner: exchanged .* in (\d+) ms; it expires (.*)$/.exec(line))
    .find(Boolean);
  const said = log.filter((line) => !line.startsWith("oidc-runner:") && line.trim() !== "");
  return {
    pod,
    configFile,
    issuerId: outputs.issuerId as string | undefined,
    subject: outputs.subject as string | undefined,
    exchangeMs: exchange?.[1],
    expires: exchange?.[2],
    whoami: code === 0 && exchange ? said.at(-1) : undefined,
  };
}

function howToUse(lab: Lab, result: StartResult, example: Example): string[] {
  const where = example.directory === "." ? "" : ` --cwd ${example.directory}`;
  return [
    "The lab keeps running. To use it:",
    `  . ${lab.state.environmentFile}`,
    `  pulumi up --stack lab --config-file ${result.configFile}${where}`,
    "  kubectl get jobs --all-namespaces",
    "To end it:",
    "  npx oidc-runner lab down",
  ];
}

/** Tabs of a program's output, which would be shown as escapes. */
function withoutTabs(line: string): string {
  return line.replaceAll("\t", "    ");
}
