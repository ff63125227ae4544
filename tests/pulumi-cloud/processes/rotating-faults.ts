import type { Fault, FaultRegistry, FaultRequest } from "../../../lab/http/faults";

type Kind = Omit<FaultRequest, "path">;

/** Longer than a read or a write takes, shorter than half a quiet window: what the writers' protocol stands. */
const DELAY_MS = 250;

const KINDS: readonly Kind[] = [
  { kind: "status", status: 429, headers: { "Retry-After": "1" } },
  { kind: "reset-after" },
  { kind: "status", status: 500 },
  { kind: "delay", delayMs: DELAY_MS },
  { kind: "reset-before" },
];

/** Every so many requests of a method, one fails. */
const EVERY: Record<string, number> = { PATCH: 3, GET: 14 };

/**
 * Lets requests for auth policies fail throughout a run, each kind of failure in turn.
 *
 * @returns how often each kind was hit, by method
 */
export function rotateFaults(faults: FaultRegistry): Map<string, number> {
  const seen = new Map<string, number>();
  const hits = new Map<string, number>();
  faults.take = (method, path): Fault | undefined => {
    const every = EVERY[method];
    if (every === undefined || !path.includes("/auth/policies/")) {
      return undefined;
    }
    const count = (seen.get(method) ?? 0) + 1;
    seen.set(method, count);
    if (count % every !== 0) {
      return undefined;
    }
    const kind = KINDS[(count / every) % KINDS.length] as Kind;
    const name = `${method} ${kind.status ?? kind.kind}`;
    hits.set(name, (hits.get(name) ?? 0) + 1);
    return { ...kind, path, id: name, remaining: 0, hits: 1 };
  };
  return hits;
}
