import * as pulumi from "@pulumi/pulumi";

/** Warns when a runner lives in `default`, where others' workloads may use the same ServiceAccount. */
export function warnDefaultNamespace(namespace: pulumi.Input<string> | undefined, resource: pulumi.Resource): void {
  if (namespace === undefined || namespace === "default") {
    // The engine shows it; nobody waits for the log call.
    void pulumi.log.warn(
      "NAMESPACE_DEFAULT: the runner lives in the namespace `default`, which others may use too. Fix: give it a namespace of its own",
      resource,
    );
  }
}
