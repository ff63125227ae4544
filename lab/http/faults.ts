import { randomUUID } from "node:crypto";

/** A fault that a server of the lab shows on purpose. */
export interface FaultRequest {
  /** HTTP method; any when left out. */
  method?: string;
  /** Path without query; `*` stands for any run of characters, slashes included. */
  path: string;
  /**
   * `status`: answer with `status` and do nothing. `reset-before`: drop the connection and do nothing.
   * `reset-after`: do what was asked, then drop the connection. `delay`: wait `delayMs`, then act as usual. `rewrite`: do
   * what was asked, then answer something else.
   */
  kind: "status" | "reset-before" | "reset-after" | "delay" | "rewrite";
  /** For `status`; 500 when left out. */
  status?: number;
  /** For `delay`, and before any other kind; milliseconds of real time; 0 when left out. */
  delayMs?: number;
  /** For `rewrite`, in the lab's own process alone: what becomes of the answer's text. */
  rewrite?: (text: string) => string;
  /** How many requests it hits before it is used up; 1 when left out. */
  times?: number;
  /** Response headers for `status`, such as `Retry-After`. */
  headers?: Record<string, string>;
}

/** A fault that is set. */
export interface Fault extends FaultRequest {
  id: string;
  /** Requests it will still hit. */
  remaining: number;
  /** Requests it has hit. */
  hits: number;
}

/** The faults set on one server. Used-up faults stay listed, so that a test can see that they were hit. */
export class FaultRegistry {
  readonly #faults: Fault[] = [];

  /** Sets a fault. With several that fit one request, the one set first is used. */
  add(request: FaultRequest): Fault {
    const fault = { ...request, id: randomUUID(), remaining: request.times ?? 1, hits: 0 };
    this.#faults.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  /** Removes one fault or, without an id, all. Returns how many were removed. */
  clear(id?: string): number {
    const kept = id === undefined ? [] : this.#faults.filter((fault) => fault.id !== id);
    return this.#faults.splice(0, this.#faults.length, ...kept).length - kept.length;
  }

  /** The fault for a request, counted as one hit; undefined if none fits. */
  take(method: string, path: string): Fault | undefined {
    const fault = this.#faults.find((candidate) => candidate.remaining > 0 && fits(candidate, method, path));
    if (fault !== undefined) {
      fault.remaining -= 1;
      fault.hits += 1;
    }
    return fault;
  }
}

function fits(fault: FaultRequest, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) {
    return false;
  }
  const literals = fault.path.split("*").map((text) => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`, "s").test(path);
}
