import * as pulumi from "@pulumi/pulumi";

/** Something kept for each run of a program, made when it is first asked for: inline programs of one process run several times. */
export function perRun<T>(make: () => T): () => T {
  const runs = new WeakMap<object, T>();
  return () => {
    const run = pulumi.runtime.getMonitor() ?? globalThis;
    const kept = runs.get(run) ?? make();
    runs.set(run, kept);
    return kept;
  };
}
