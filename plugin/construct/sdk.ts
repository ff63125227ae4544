import type * as pulumi from "@pulumi/pulumi";

/**
 * What the SDK's own provider server constructs components with, and exports without types (@pulumi/pulumi 3.248.0,
 * provider/server.js). A test holds that it is there.
 */
interface Internals {
  /** Runs a function whose program has settings, configuration and calls of its own (runtime/state.js). */
  withLocalStorage<T>(run: () => Promise<T>): Promise<T>;
  getStore(): { stackResource?: pulumi.Resource };
  awaitFeatureSupport(): Promise<void>;
  /** Waits for the calls of this program. */
  waitForRPCs(): Promise<void>;
  /** Values of a request, as Outputs where they have dependencies or are secret. */
  deserializeInputs(inputs: unknown, dependencies: unknown): Promise<pulumi.Inputs>;
  hookBindingFromProto(hooks: unknown): pulumi.ResourceHookBinding | undefined;
  DependencyResource: new (urn: string) => pulumi.CustomResource;
  DependencyProviderResource: new (reference: string) => pulumi.ProviderResource;
}

export const internals: Internals = {
  ...require("@pulumi/pulumi/runtime/state"),
  ...require("@pulumi/pulumi/runtime/settings"),
  ...require("@pulumi/pulumi/runtime/resource"),
  ...require("@pulumi/pulumi/resource"),
  ...require("@pulumi/pulumi/provider/server"),
};

/** The value of an Output as soon as it is known; undefined for one that stays unknown. */
export function known<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return (output as unknown as { promise(): Promise<T | undefined> }).promise();
}
