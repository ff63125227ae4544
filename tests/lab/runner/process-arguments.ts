import { readdirSync, readFileSync } from "node:fs";

/** Looks at the arguments of a process and of everything below it, again and again, until told to stop. */
export class ArgumentSampler {
  readonly #root: number;
  readonly #timer: NodeJS.Timeout;
  readonly #seen = new Set<string>();

  /**
   * @param root process to watch, itself not counted
   * @param milliseconds between two looks
   */
  constructor(root: number, milliseconds = 25) {
    this.#root = root;
    this.#timer = setInterval(() => this.#look(), milliseconds);
  }

  /** Ends the watch and returns every distinct argument list seen, blanks between the arguments. */
  stop(): string[] {
    clearInterval(this.#timer);
    return [...this.#seen];
  }

  #look(): void {
    const parents = new Map<number, number>();
    for (const name of readdirSync("/proc")) {
      const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
      if (parent !== undefined) {
        parents.set(Number(name), parent);
      }
    }
    for (const pid of parents.keys()) {
      let ancestor = parents.get(pid);
      while (ancestor !== undefined && ancestor !== this.#root) {
        ancestor = parents.get(ancestor);
      }
      const line = ancestor === undefined ? "" : read(`/proc/${pid}/cmdline`);
      if (line !== "") {
        this.#seen.add(line.replaceAll("\0", " "));
      }
    }
  }
}

function parentOf(pid: string): number | undefined {
  // The name in brackets may hold anything; what follows the last bracket is state and parent.
  const parent = /\) \S (\d+) [^)]*$/.exec(read(`/proc/${pid}/stat`))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Contents of a file of /proc, empty when the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
