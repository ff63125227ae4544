import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ContainerWorker } from "../container";
import type { NodeContext } from "../node-context";
import type { Container, ContainerStatus, Pod } from "../pod";
import { initialState, PodReporter, type PodState } from "../status";
import { PodVolumes } from "../volumes";

const RETRY_MS = 250;
const DEFAULT_GRACE_SECONDS = 30;
/** After SIGKILL to the container's first process nothing can hold it up. */
const KILL_EXIT_CODE = 137;

/** Runs one pod from its volumes to its last status. */
export class PodWorker {
  readonly pod: Pod;
  readonly state: PodState;
  readonly #reporter: PodReporter;
  readonly #volumes: PodVolumes;
  readonly #stopping = new AbortController();
  readonly #running = new Set<ContainerWorker>();
  #deadlineExceeded = false;
  #ended: Promise<void> | undefined;
  readonly #node: NodeContext;

  constructor(pod: Pod, node: NodeContext) {
    this.#node = node;
    this.pod = pod;
    this.state = initialState(pod);
    this.#reporter = new PodReporter(pod, this.state, node);
    this.#volumes = new PodVolumes(pod, node);
  }

  /** Starts the pod; resolves when it is over, and never rejects. */
  async run(): Promise<void> {
    this.#ended ??= this.#run();
    await this.#ended;
  }

  /** Whether the pod's containers are over and their logs complete. */
  get finished(): boolean {
    return this.state.phase === "Succeeded" || this.state.phase === "Failed";
  }

  /** Status of one container, init containers included. */
  containerStatus(name: string): ContainerStatus | undefined {
    return [...this.state.initContainers, ...this.state.containers].find((status) => status.name === name);
  }

  /**
   * Stops the pod: SIGTERM to each container, SIGKILL when the grace is over. Resolves when all are gone and the final
   * status has been sent.
   *
   * @param graceSeconds default `terminationGracePeriodSeconds` of the pod
   */
  async stop(graceSeconds = this.pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS): Promise<void> {
    this.#stopping.abort();
    const signal = (name: "SIGTERM" | "SIGKILL") => {
      for (const worker of this.#running) {
        worker.signal(name);
      }
    };
    if (graceSeconds > 0) {
      signal("SIGTERM");
      const waited = new AbortController();
      const grace = sleep(graceSeconds * 1000, undefined, { signal: waited.signal }).catch(() => undefined);
      await Promise.race([this.#ended, grace]);
      waited.abort();
    }
    signal("SIGKILL");
    await this.#ended;
  }

  /** Removes what is left of the pod, its logs included. */
  async remove(): Promise<void> {
    const places = [this.#node.memoryDirectory, this.#node.diskDirectory];
    await Promise.all(
      places.map(async (place) => await rm(path.join(place, this.pod.metadata.uid), { recursive: true, force: true })),
    );
  }

  async #run(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const { activeDeadlineSeconds } = this.pod.spec;
      if (activeDeadlineSeconds !== undefined) {
        timer = setTimeout(() => {
          this.#deadlineExceeded = true;
          // With the pod's own grace (kubernetes/kubernetes v1.36.3, pkg/kubelet/pod_workers.go, calculateEffectiveGracePeriod).
          void this.stop();
        }, activeDeadlineSeconds * 1000);
      }
      await this.#setUpVolumes();
      const exitCodes = await this.#runContainers();
      this.#conclude(exitCodes);
    } catch (error) {
      this.#node.log(`pod ${this.pod.metadata.name}: ${String(error)}`);
      this.state.phase = "Failed";
      this.state.message = String(error);
    }
    clearTimeout(timer);
    await this.#reporter.report();
    const told = (error: unknown) => this.#node.log(`end of ${this.pod.metadata.name}: ${String(error)}`);
    await this.#volumes.remove().catch(told);
    await Promise.resolve(this.#node.podEnded(this.pod)).catch(told);
  }

  async #setUpVolumes(): Promise<void> {
    const { signal } = this.#stopping;
    for (let told = ""; !signal.aborted; ) {
      try {
        await this.#volumes.setUp();
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (told !== message) {
          told = message;
          await Promise.all([this.#reporter.report(), this.#reporter.event("Warning", "FailedMount", message)]);
        }
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #runContainers(): Promise<(number | undefined)[]> {
    const { initContainers = [], containers } = this.pod.spec;
    for (const [index, container] of initContainers.entries()) {
      const exitCode = await this.#runContainer(container, this.state.initContainers[index]!, true);
      if (exitCode !== 0) {
        return [exitCode];
      }
      await this.#reporter.report();
    }
    if (this.#stopping.signal.aborted) {
      return [undefined];
    }
    this.state.initialized = true;
    this.state.phase = "Running";
    return await Promise.all(
      containers.map(async (container, index) => {
        const exitCode = await this.#runContainer(container, this.state.containers[index]!, false);
        if (containers.length > 1) {
          await this.#reporter.report();
        }
        return exitCode;
      }),
    );
  }

  async #runContainer(container: Container, status: ContainerStatus, init: boolean): Promise<number | undefined> {
    const worker = new ContainerWorker(this.pod, container, status, init, {
      node: this.#node,
      volumes: this.#volumes,
      reporter: this.#reporter,
      stopping: this.#stopping.signal,
    });
    this.#running.add(worker);
    try {
      return await worker.run();
    } finally {
      this.#running.delete(worker);
    }
  }

  #conclude(exitCodes: (number | undefined)[]): void {
    const { state } = this;
    const succeeded = exitCodes.every((exitCode) => exitCode === 0) && !this.#deadlineExceeded;
    state.phase = succeeded ? "Succeeded" : "Failed";
    if (this.#deadlineExceeded) {
      state.reason = "DeadlineExceeded";
      state.message = "Pod was active on the node longer than the specified deadline";
    }
    if (this.#stopping.signal.aborted) {
      // A container that never ran has to end too, or the pod would look as if it went on.
      for (const status of state.containers.filter(({ state: { terminated } }) => terminated === undefined)) {
        const message = "The container could not be located when the pod was terminated";
        status.state = { terminated: { exitCode: KILL_EXIT_CODE, reason: "ContainerStatusUnknown", message } };
      }
    }
  }
}
