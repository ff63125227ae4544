import type * as pulumi from "@pulumi/pulumi";
import { warn } from "../../resources";

/** Warns when a runner lives in `default`, where others' workloads may use the same ServiceAccount. */
export function warnDefaultNamespace(namespace: pulumi.Input<string> | undefined, resource: pulumi.Resource): void {
  if (namespace === undefined || namespace === "default") {
    warn(
      "NAMESPACE_DEFAULT: the runner lives in the namespace `default`, which others may use too. Fix: give it a namespace of its own",
      resource,
    );
  }
}
