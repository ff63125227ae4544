import * as pulumi from "@pulumi/pulumi";
import { ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as components from "../../provider";
import { shareRun } from "../../provider/components/lib";
import type { Configuration } from "../configuration";
import type { PulumiProtocol, ResourceProvider } from "../server";
import { withFailures } from "./failures";
import { plainArguments } from "./inputs";
import { optionsOf } from "./options";
import { internals, known } from "./sdk";

type Construct = NonNullable<ResourceProvider["construct"]>;
type Request = Parameters<Construct>[0];
type ComponentClass = new (
  name: string,
  args: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource & Record<string, unknown>;

/** The parts of the package's schema that components are made by. */
export interface ComponentSchemas {
  resources: Record<
    string,
    {
      isComponent?: boolean;
      properties: Record<string, unknown>;
      inputProperties: Record<string, { plain?: boolean }>;
    }
  >;
}

/** What components are made with. */
export interface ConstructOptions {
  protocol: PulumiProtocol;
  /** Address of the engine. */
  engine: string;
  schema: ComponentSchemas;
  configuration: () => Configuration;
}

/** Makes the components of this package: the classes that programs in TypeScript use. */
export function componentMaker(options: ConstructOptions): Construct {
  const runs = new Map<string, object>();
  return (request) =>
    internals.withLocalStorage(() =>
      withFailures(async () => {
        await prepare(request, options.engine);
        // All components of one update share what a program has once, such as the trust of a cluster.
        const endpoint = request.getMonitorendpoint();
        const run = runs.get(endpoint) ?? {};
        runs.set(endpoint, run);
        shareRun(run);
        return make(request, options);
      }),
    );
}

/** Points the SDK, in this construction, at the engine that asked. */
async function prepare(request: Request, engine: string): Promise<void> {
  pulumi.runtime.resetOptions(
    ...([request.getProject(), request.getStack(), request.getParallel(), engine] as const),
    ...([request.getMonitorendpoint(), request.getDryrun(), request.getOrganization()] as const),
  );
  await internals.awaitFeatureSupport();
  const config = request.getConfigMap().getEntryList() as [string, string][];
  pulumi.runtime.setAllConfig(Object.fromEntries(config), request.getConfigsecretkeysList());
  // What belongs to the stack and not to the component has the stack for its parent, as in a program.
  const [project, stack] = [request.getProject(), request.getStack()];
  const stackUrn = `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  internals.getStore().stackResource = new internals.DependencyResource(stackUrn);
}

async function make(request: Request, { schema, protocol, configuration }: ConstructOptions) {
  const [type, name] = [request.getType(), request.getName()];
  const component = schema.resources[type];
  const Class = (components as unknown as Record<string, ComponentClass>)[type.split(":")[2] ?? ""];
  if (component?.isComponent !== true || Class === undefined) {
    throw new Error(`oidc-runner has no component ${type}`);
  }
  const { properties, inputProperties } = component;
  const given = await internals.deserializeInputs(request.getInputs(), request.getInputdependenciesMap());
  const plain = Object.keys(inputProperties).filter((key) => inputProperties[key]?.plain);
  const { organization, caCertificates } = configuration();
  const defaults = Object.entries({ organization, caCertificates }).filter(([key]) => key in inputProperties);
  const args = { ...Object.fromEntries(defaults), ...(await plainArguments(given, plain, name)) };
  const instance = new Class(name, args, optionsOf(request));
  const response = new ConstructResponse();
  try {
    response.setUrn((await known(instance.urn)) ?? "");
    const outputs = Object.fromEntries(Object.keys(properties).map((key) => [key, instance[key]]));
    const [state, dependencies] = await pulumi.runtime.serializeResourceProperties(
      `construct(${type}, ${name})`,
      outputs,
    );
    for (const [key, resources] of dependencies) {
      const urns = await Promise.all([...resources].map(async ({ urn }) => (await known(urn)) ?? ""));
      const list = new ConstructResponse.PropertyDependencies();
      list.setUrnsList(urns);
      response.getStatedependenciesMap().set(key, list);
    }
    response.setState(protocol.Struct.fromJavaScript(state) as never);
    await internals.waitForRPCs();
  } catch (error) {
    if (!isShutDown(error)) {
      throw error;
    }
  }
  return response;
}

/** Whether the engine ends the update, because of another resource: it has said why, and there is nothing to add. */
function isShutDown(error: unknown): boolean {
  return error instanceof Error && /Resource monitor is terminating/.test(error.message);
}
