import * as pulumi from "@pulumi/pulumi";
import { isKnown } from "../../resources";
import { peer, perRun } from "../lib";
import type { RunnerArgs } from "./args";
import type { RunnerContext } from "./context";

/** A Namespace that was made, and what it is for. */
interface MadeNamespace {
  parts: unknown[];
  name: pulumi.Output<string>;
}

const madeInRun = perRun<MadeNamespace[]>(() => []);

/**
 * The runner's namespace: one that is made, or the name of one that is there.
 *
 * One is made for all runners of the program in it, because two resources of one Namespace would each delete it. It belongs
 * to the stack, and is named by what it is and not by the runner that came first: without that runner it would otherwise be
 * another resource, and replacing a Namespace deletes everything in it. Only an Output is named by its runner, since its
 * text is not known here; two Outputs are one namespace when they are the same object.
 */
export function createNamespace(
  args: RunnerArgs,
  { childName, plan, options }: Pick<RunnerContext, "childName" | "plan" | "options">,
): pulumi.Output<string> {
  const { namespace } = plan.trust;
  if (!args.createNamespace) {
    return namespace;
  }
  const { Namespace } = peer(
    "@pulumi/kubernetes",
    () => require("@pulumi/kubernetes/core/v1/namespace") as typeof import("@pulumi/kubernetes/core/v1/namespace"),
  );
  const made = madeInRun();
  const provider = options.parent.getProvider("kubernetes:core/v1:Namespace");
  const parts = [args.namespace, provider];
  const existing = made.find((entry) => entry.parts.every((part, index) => part === parts[index]));
  if (existing !== undefined) {
    return existing.name;
  }
  const own = isKnown(args.namespace) ? (args.namespace as string) : childName;
  const resourceName = provider === undefined ? own : `${own}-${pulumi.resourceName(provider)}`;
  const labels = plan.labels.apply((own) => ({
    ...own,
    "app.kubernetes.io/name": "oidc-runner",
    "app.kubernetes.io/managed-by": "pulumi",
    "pod-security.kubernetes.io/enforce": "restricted",
  }));
  const { name } = new Namespace(resourceName, { metadata: { name: namespace, labels } }, { provider }).metadata;
  made.push({ parts, name });
  return name;
}
