import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { isKnown } from "../../resources";
import { type ChildOptions, explained, peer, perRun } from "../lib";

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

/** What a program makes once for a namespace, by what tells namespaces apart. */
export type OncePerNamespace<T> = { parts: unknown[]; made: T }[];

const namespacesInRun = perRun<OncePerNamespace<pulumi.Output<string>>>(() => []);

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
 * What is made for all of the program in a namespace, because two resources of one object would each delete it. It belongs
 * to the stack, and is named by the namespace and not by the one that asked first: without that one it would otherwise be
 * another resource. Only an Output is named by who asks, since its text is not known here; two Outputs are one
 * namespace when they are the same object.
 */
export function oncePerNamespace<T>(
  all: OncePerNamespace<T>,
  { namespace = "default" }: NamespaceArgs,
  { childName, provider }: { childName: string; provider: pulumi.ProviderResource | undefined },
  make: (resourceName: string) => T,
): T {
  const parts = [namespace, provider];
  const existing = all.find((entry) => entry.parts.every((part, index) => part === parts[index]));
  if (existing !== undefined) {
    return existing.made;
  }
  const own = isKnown(namespace) ? (namespace as string) : childName;
  const made = make(provider === undefined ? own : `${own}-${pulumi.resourceName(provider)}`);
  all.push({ parts, made });
  return made;
}

/** Labels of what several runners or services may share: it has no instance's name. */
export function sharedLabels(own: Record<string, string>): Record<string, string> {
  return { ...own, "app.kubernetes.io/name": "oidc-runner", "app.kubernetes.io/managed-by": "pulumi" };
}

/** The namespace of a runner or a service: one that is made, or the name of one that is there. */
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
  const provider = options.parent.getProvider("kubernetes:core/v1:Namespace");
  return oncePerNamespace(namespacesInRun(), args, { childName, provider }, (resourceName) => {
    const labels = given.apply((own) => ({
      ...sharedLabels(own),
      "pod-security.kubernetes.io/enforce": "restricted",
    }));
    return new Namespace(resourceName, { metadata: { name: namespace, labels } }, { provider }).metadata.name;
  });
}

/**
 * Explains the failure of an object whose namespace is missing: the Kubernetes provider tries for a minute, in case somebody makes it.
 * It can't be told at preview, because the program may make the namespace itself, and who deploys may not be allowed to read namespaces.
 */
export function explainMissingNamespace() {
  return explained("namespace", /namespaces "([^"]+)" not found/, ([namespace]) => {
    const byHand = `make it with \`kubectl create namespace ${namespace}\` and run \`pulumi up\` again`;
    return new OidcRunnerError("NAMESPACE_MISSING", `the cluster has no namespace ${namespace}`, {
      where: "namespace",
      fix: `set createNamespace: true, or ${byHand}`,
    });
  });
}
