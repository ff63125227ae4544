import type * as pulumi from "@pulumi/pulumi";

/** Resource options of every child of a component. */
export interface ChildOptions {
  parent: pulumi.ComponentResource;
  customTimeouts: pulumi.CustomTimeouts | undefined;
}

/**
 * The resource options that a component gives to each of its children: the parent, from which a child inherits most options,
 * and `customTimeouts`, which it does not inherit.
 *
 * A child inherits `protect`, `provider` and `providers` in the SDK (@pulumi/pulumi 3.248.0, resource.js, the constructor of
 * Resource), `protect`, `retainOnDelete` and `deletedWith` in the engine (pulumi/pulumi at v3.259.0,
 * pkg/resource/deploy/source_eval.go, inheritFromParent), `transforms` too (RegisterResource there), and `aliases`
 * (step_generator.go, generateAliases). It waits for the parent's `dependsOn`, because it is registered with the URN of its
 * parent (runtime/resource.js, prepareResource), and goes before its parent, which goes before what it depends on.
 *
 * `ignoreChanges` and `replaceOnChanges` are not passed on: their paths are of one resource, and a path such as `spec` or
 * `policies` would leave other children with something else than what was proven. `transforms` can set them on one child.
 */
export function childOptions(
  parent: pulumi.ComponentResource,
  { customTimeouts }: pulumi.ComponentResourceOptions = {},
): ChildOptions {
  return { parent, customTimeouts };
}
