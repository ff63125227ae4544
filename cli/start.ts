import { join } from "node:path";
import { clusterOfShape, defaultLabDirectory, LAB_ORGANIZATION, type Lab, startLab } from "../lab";
import { Engine } from "../lab/engine";
import { exampleRoot } from "./example-root";
import { EXAMPLE_ORGANIZATION, exampleNamed } from "./examples";
import { describeProvider, prepareLab } from "./lab";
import { onAbandonment } from "./on-abandonment";
import { createProgress } from "./progress";
import { runExample } from "./run";
import { Screen } from "./screen";
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
    const { state } = lab;
    const { signal } = abandoned;
    const config = { ...example.config(state), ...(await example.machineConfig?.()) };
    const engine = new Engine(state, { project: join(root, example.directory), config, signal });
    await engine.init();
    screen.heading(`pulumi up --stack ${engine.stack}`, example.directory === "." ? "Pulumi.yaml" : example.directory);
    const { account, job } = await runExample({ example, root, lab: state, engine, screen, signal });
    works = account.works;
    tellAccount(screen, account);
    if (keep) {
      tellUse(screen, state, engine.project, engine.configFile, job, given);
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
