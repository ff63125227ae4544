import * as pulumi from "@pulumi/pulumi";
import { checkDynamicModule, DYNAMIC_MODULE } from "./dynamic-module";
import { takeImport } from "./lib";

/**
 * A resource whose provider is this package's own code, run by the engine's dynamic provider.
 *
 * `pulumi.dynamic.Resource` would serialise each method of a provider object (1.9 kB for six one-liners, different for
 * each compiler). The text written here is all that is needed: one call, resolved from the program's own node_modules
 * when it runs. It captures nothing, so neither our code nor a path of this machine lands in state, and a new version
 * of the package changes no resource.
 *
 * The option `import` becomes the input `importId`: see {@link takeImport}.
 */
export abstract class DynamicResource extends pulumi.CustomResource {
  constructor(
    kind: "issuer" | "policy",
    type: string,
    name: string,
    props: pulumi.Inputs,
    options?: pulumi.CustomResourceOptions,
  ) {
    checkDynamicModule();
    const __provider = `exports.handler = () => require("${DYNAMIC_MODULE}").${kind};`;
    const { importId, options: others } = takeImport(options);
    super(`pulumi-nodejs:dynamic/oidc-runner:${type}`, name, { ...props, importId, __provider }, others);
  }
}
