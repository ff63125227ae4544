import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../pulumi-cloud/issuers";
import { checkDynamicModule, DYNAMIC_MODULE } from "./dynamic-module";
import { takeImport } from "./lib";
import { servingPlugin } from "./serving-plugin";

/** The names of the resources behind all components. */
export type CloudResourceName = "OidcIssuer" | "OidcPolicy";

/** Type tokens of a resource, as a plugin serves it and as the engine's dynamic provider does. */
export const typeTokens = (name: CloudResourceName) => ({
  native: `oidc-runner:index:${name}`,
  dynamic: `pulumi-nodejs:dynamic/oidc-runner:${name}`,
});

/**
 * A resource of Pulumi Cloud. In a program it is served by the engine's dynamic provider, in this package's plugin by the
 * plugin itself; the code behind both is the same.
 */
export abstract class CloudResource extends pulumi.CustomResource {
  constructor(
    name: CloudResourceName,
    resourceName: string,
    props: pulumi.Inputs,
    options?: pulumi.CustomResourceOptions,
  ) {
    const registration = servingPlugin() ? native(name, props, options) : dynamic(name, props, options);
    super(registration.type, resourceName, registration.props, registration.options);
  }
}

interface Registration {
  type: string;
  props: pulumi.Inputs;
  options: pulumi.CustomResourceOptions | undefined;
}

/**
 * `pulumi.dynamic.Resource` would serialise each method of a provider object (1.9 kB for six one-liners, different for
 * each compiler). The text written here is all that is needed: one call, resolved from the program's own node_modules
 * when it runs. It captures nothing, so neither our code nor a path of this machine lands in state, and a new version
 * of the package changes no resource.
 *
 * The option `import` becomes the input `importId`: see {@link takeImport}.
 */
function dynamic(name: CloudResourceName, props: pulumi.Inputs, options?: pulumi.CustomResourceOptions): Registration {
  checkDynamicModule();
  const kind = name === "OidcIssuer" ? "issuer" : "policy";
  const __provider = `exports.handler = () => require("${DYNAMIC_MODULE}").${kind};`;
  const { importId, options: others } = takeImport(options);
  return { type: typeTokens(name).dynamic, props: { ...props, ...defined({ importId }), __provider }, options: others };
}

/** The alias takes over what a program made before it used the plugin, without a call to Pulumi Cloud. */
function native(name: CloudResourceName, props: pulumi.Inputs, options?: pulumi.CustomResourceOptions): Registration {
  const { native: type, dynamic: before } = typeTokens(name);
  const aliases = [...(options?.aliases ?? []), { type: before }];
  return { type, props, options: { ...options, aliases, version: servingPlugin()?.version } };
}
