import { setTimeout as sleep } from "node:timers/promises";
import { ContainerError } from "../container-error";
import type { NodeContext } from "../node-context";
import type { Container, ContainerStatus, Pod } from "../pod";
import type { PodReporter } from "../status";
import type { PodVolumes } from "../volumes";
import { type ContainerRun, startContainer } from "./runner";

const MAXIMUM_BACKOFF_MS = 300_000;
/** A container that can't be made, say because a ConfigMap is missing, is tried again this often. */
const RETRY_MS = 250;

/** Runs one container of a pod, again and again if its restart policy says so, and keeps its status. */
export class ContainerWorker {
  #run: ContainerRun | undefined;
  readonly #pod: Pod;
  readonly #container: Container;
  readonly #init: boolean;
  readonly #shared: { node: NodeContext; volumes: PodVolumes; reporter: PodReporter; stopping: AbortSignal };

  /**
   * @param init whether it is an init container: run until it succeeds once
   * @param stopping fires when the pod is being stopped; nothing is started after that
   */
  constructor(
    pod: Pod,
    container: Container,
    readonly status: ContainerStatus,
    init: boolean,
    shared: { node: NodeContext; volumes: PodVolumes; reporter: PodReporter; stopping: AbortSignal },
  ) {
    this.#pod = pod;
    this.#container = container;
    this.#init = init;
    this.#shared = shared;
  }

  /** Runs to the end and returns the last exit code; undefined when it was stopped before it ever ended. */
  async run(): Promise<number | undefined> {
    const { reporter, node } = this.#shared;
    while (!this.#stopping) {
      const exitCode = await this.#runOnce();
      if (exitCode === undefined || this.#stopping || !this.#runsAgain(exitCode)) {
        return exitCode;
      }
      const { status } = this;
      status.lastState = status.state;
      const message = `back-off restarting failed container=${this.#container.name} pod=${this.#pod.metadata.name}`;
      status.state = { waiting: { reason: "CrashLoopBackOff", message } };
      await reporter.report();
      await this.#pause(Math.min(node.crashBackoffMs * 2 ** status.restartCount, MAXIMUM_BACKOFF_MS));
      status.restartCount++;
    }
    return undefined;
  }

  /** Sends a signal to the container, if it runs. */
  signal(signal: "SIGTERM" | "SIGKILL"): void {
    this.#run?.process.signal(signal);
  }

  get #stopping(): boolean {
    return this.#shared.stopping.aborted;
  }

  #runsAgain(exitCode: number): boolean {
    const { restartPolicy } = this.#pod.spec;
    if (this.#init) {
      return exitCode !== 0 && restartPolicy !== "Never";
    }
    return restartPolicy === "Always" || (restartPolicy === "OnFailure" && exitCode !== 0);
  }

  async #runOnce(): Promise<number | undefined> {
    const { status } = this;
    const run = await this.#start();
    if (run === undefined) {
      return undefined;
    }
    this.#run = run;
    if (this.#stopping) {
      run.process.signal("SIGKILL"); // the signal for all came while this one was being made
    }
    status.containerID = `lab://${run.process.pid}`;
    status.imageID = status.image;
    status.state = { running: { startedAt: run.startedAt } };
    status.started = true;
    status.ready = !this.#init;
    const reported = this.#shared.reporter.report();
    const terminated = await run.finished;
    this.#run = undefined;
    status.state = { terminated };
    status.started = false;
    status.ready = this.#init && terminated.exitCode === 0;
    await reported;
    return terminated.exitCode;
  }

  async #start(): Promise<ContainerRun | undefined> {
    const { node, volumes, reporter } = this.#shared;
    for (let told = ""; !this.#stopping; ) {
      try {
        return await startContainer(this.#pod, this.#container, this.status.restartCount, { node, volumes });
      } catch (error) {
        const { reason, message } =
          error instanceof ContainerError ? error : { reason: "CreateContainerError", message: String(error) };
        if (told !== message) {
          told = message;
          this.status.state = { waiting: { reason, message } };
          await Promise.all([reporter.report(), reporter.event("Warning", "Failed", `Error: ${message}`)]);
        }
        await this.#pause(RETRY_MS);
      }
    }
    return undefined;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#shared.stopping }).catch(() => undefined);
  }
}
