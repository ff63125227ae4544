import { chmod, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { NodeContext } from "../node-context";
import type { Pod, Volume } from "../pod";
import { runTool } from "../run-tool";
import { writeAtomically } from "./atomic-writer";
import { TokenCache } from "./token-cache";
import { volumeFiles } from "./volume-files";

/** How often the kubelet looks for changed ConfigMaps and Secrets. */
const SYNC_MS = 60_000;

/** The volumes of one pod: directories on the host, filled and kept up to date. */
export class PodVolumes {
  readonly #directories = new Map<string, string>();
  readonly #memory: string[] = [];
  readonly #tokens: TokenCache;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  #removed = false;
  readonly #pod: Pod;
  readonly #node: NodeContext;

  constructor(pod: Pod, node: NodeContext) {
    this.#pod = pod;
    this.#node = node;
    this.#tokens = new TokenCache(node.objects, node.tokenRenewalSpeed);
  }

  /** Directory of a volume, once set up. */
  directory(name: string): string | undefined {
    return this.#directories.get(name);
  }

  /**
   * Makes and fills every volume. May be called again after it failed, say because a ConfigMap is missing yet.
   *
   * @throws Error whose message names the volume
   */
  async setUp(): Promise<void> {
    for (const volume of this.#pod.spec.volumes ?? []) {
      try {
        await this.#setUpOne(volume);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`MountVolume.SetUp failed for volume "${volume.name}" : ${why}`, { cause });
      }
    }
    this.#schedule();
  }

  /** Stops keeping the volumes up to date and removes them. */
  async remove(): Promise<void> {
    this.#removed = true;
    clearTimeout(this.#timer);
    await this.#refreshing;
    for (const directory of this.#memory) {
      await runTool("umount", ["--lazy", directory]);
    }
    for (const directory of this.#directories.values()) {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #setUpOne(volume: Volume): Promise<void> {
    const files = await volumeFiles(this.#pod, volume, this.#node.objects, this.#tokens);
    if (files === undefined) {
      await this.#setUpEmpty(volume);
      return;
    }
    const { fsGroup } = this.#pod.spec.securityContext ?? {};
    // The mount is read-only, so these wide bits (the kubelet's) permit no writes.
    const directory = await this.#make(volume, this.#node.memoryDirectory, volume.configMap ? 0o777 : 0o1777);
    await writeAtomically(directory, files, { fsGroup, chown: this.#node.chown });
  }

  async #setUpEmpty(volume: Volume): Promise<void> {
    if (volume.emptyDir === undefined) {
      const kind = Object.keys(volume).filter((key) => key !== "name");
      throw new Error(`the lab does not support volumes of kind ${kind.join(", ")}`);
    }
    if (this.#directories.has(volume.name)) {
      return;
    }
    const { medium, sizeLimit } = volume.emptyDir;
    const { fsGroup } = this.#pod.spec.securityContext ?? {};
    const inMemory = medium === "Memory";
    const base = inMemory ? this.#node.memoryDirectory : this.#node.diskDirectory;
    const directory = await this.#make(volume, base, 0o777);
    if (inMemory) {
      const bytes = sizeLimit === undefined ? undefined : quantityBytes(sizeLimit);
      const size = bytes === undefined ? "" : `,size=${bytes}`;
      await runTool("mount", ["-t", "tmpfs", "-o", `mode=0777${size}`, "tmpfs", directory]);
      this.#memory.push(directory);
    }
    if (fsGroup !== undefined) {
      await this.#node.chown(directory, 0, fsGroup);
      await chmod(directory, 0o2777);
    }
  }

  async #make(volume: Volume, base: string, mode: number): Promise<string> {
    const directory = path.join(base, this.#pod.metadata.uid, "volumes", volume.name);
    await mkdir(directory, { recursive: true });
    await chmod(directory, mode);
    this.#directories.set(volume.name, directory);
    return directory;
  }

  #schedule(): void {
    if (this.#removed) {
      return;
    }
    const delay = Math.min(SYNC_MS / this.#node.tokenRenewalSpeed, this.#tokens.dueIn() ?? Infinity);
    // At least a moment, so that a failing renewal does not spin.
    this.#timer = setTimeout(
      () => {
        this.#refreshing = this.#refresh();
      },
      Math.max(delay, 100),
    );
  }

  async #refresh(): Promise<void> {
    for (const volume of this.#pod.spec.volumes ?? []) {
      try {
        await this.#setUpOne(volume);
      } catch (error) {
        // Containers keep what they have, as on a real node, until an update succeeds.
        this.#node.log(`pod ${this.#pod.metadata.name}: volume ${volume.name} not updated: ${String(error)}`);
      }
    }
    this.#schedule();
  }
}

const UNITS: Record<string, number> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Bytes of a Kubernetes quantity such as `64Mi`, rounded up; undefined for a notation no size limit is written in. */
export function quantityBytes(quantity: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  return number === undefined || factor === undefined ? undefined : Math.ceil(Number(number) * factor);
}
