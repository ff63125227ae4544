import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { isKnown } from "../../resources";
import { type ChildOptions, peer, perRun } from "../lib";

/** What a program says of the namespace of a runner or a service. */
export interface NamespaceArgs {
  namespace?: pulumi.Input<string>;
  createNamespace?: boolean;
}

/** What a Namespace is made from. */
export interface NamespaceParts {
  childName: string;
  /** The namespace's name, checked. */
  name: pulumi.Output<string>;
  /** The user's labels. */
  labels: pulumi.Output<Record<string, string>>;
  options: ChildOptions;
}

/** A Namespace that was made, and what it is for. */
interface MadeNamespace {
  parts: unknown[];
  name: pulumi.Output<string>;
}

const madeInRun = perRun<MadeNamespace[]>(() => []);

/**
 * Refuses to make the namespace that every cluster has.
 *
 * @throws OidcRunnerError `NAMESPACE_INVALID`
 */
export function checkNewNamespace({ namespace, createNamespace }: NamespaceArgs): void {
  if (createNamespace && (namespace === undefined || namespace === "default")) {
    throw new OidcRunnerError("NAMESPACE_INVALID", "the namespace `default` exists already and can't be created", {
      where: "createNamespace",
      fix: "give a namespace of its own, or leave createNamespace out",
    });
  }
}

/**
 * The namespace of a runner or a service: one that is made, or the name of one that is there.
 *
 * One is made for all of the program in it, because two resources of one Namespace would each delete it. It belongs
 * to the stack, and is named by what it is and not by the one that came first: without that one it would otherwise be
 * another resource, and replacing a Namespace deletes everything in it. Only an Output is named by who asks, since its
 * text is not known here; two Outputs are one namespace when they are the same object.
 */
export function createNamespace(
  args: NamespaceArgs,
  { childName, name: namespace, labels: given, options }: NamespaceParts,
): pulumi.Output<string> {
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
  const labels = given.apply((own) => ({
    ...own,
    "app.kubernetes.io/name": "oidc-runner",
    "app.kubernetes.io/managed-by": "pulumi",
    "pod-security.kubernetes.io/enforce": "restricted",
  }));
  const { name } = new Namespace(resourceName, { metadata: { name: namespace, labels } }, { provider }).metadata;
  made.push({ parts, name });
  return name;
}
