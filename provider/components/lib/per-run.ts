import * as pulumi from "@pulumi/pulumi";

/** The runs that components take part in which another process's program asked for, by their connection to the engine. */
const shared = new WeakMap<object, object>();

/** Makes what is constructed now, in a plugin, part of a run: all components of a program in another language are one. */
export function shareRun(run: object): void {
  shared.set(pulumi.runtime.getMonitor() as object, run);
}

/** Something kept for each run of a program, made when it is first asked for: inline programs of one process run several times. */
export function perRun<T>(make: () => T): () => T {
  const runs = new WeakMap<object, T>();
  return () => {
    const connection = pulumi.runtime.getMonitor() ?? globalThis;
    const run = shared.get(connection) ?? connection;
    const kept = runs.get(run) ?? make();
    runs.set(run, kept);
    return kept;
  };
}
