import { type Defaults, InitializationFailure, type NativeResource, nativeResources } from "../provider/resources";
import { cancelWaits, defaultApiUrl, normalApiUrl, setLogin } from "../pulumi-cloud/api";
import { type Configuration, checkConfiguration, configurationOf } from "./configuration";
import {
  InitializationFailed,
  type Properties,
  type PropertyChange,
  plain,
  type ResourceProvider,
  secretsLike,
} from "./server";

/** What the plugin serves besides components: its configuration, `OidcIssuer` and `OidcPolicy`. */
export interface NativeProvider extends Omit<ResourceProvider, "construct"> {
  /** What resources and components take that do not say it themselves. */
  readonly configuration: Configuration;
}

/** Shows a warning about a resource. */
export type Warn = (urn: string, text: string) => Promise<void>;

/** Serves the resources of Pulumi Cloud by the code that the dynamic provider runs. */
export function nativeProvider(warn: Warn): NativeProvider {
  let configuration: Configuration = {};
  let running = 0;
  const whileRunning = async <T>(work: Promise<T>): Promise<T> => {
    running += 1;
    try {
      return await work;
    } finally {
      running -= 1;
    }
  };
  const defaults = (): Defaults => {
    const { organization, caCertificates } = configuration;
    return { organization, apiUrl: normalApiUrl(defaultApiUrl()), caCertificates };
  };
  return {
    get configuration() {
      return configuration;
    },
    checkConfig: async (news) => checkConfiguration(configurationOf(plain(news))),
    async configure(config) {
      configuration = configurationOf(plain(config));
      setLogin(configuration);
    },
    async check({ urn, type, name, olds, news }) {
      const [, stack = "", project = ""] = /^urn:pulumi:(.*?)::(.*?)::/.exec(urn) ?? [];
      const resource = { urn, stack, project, name };
      const { inputs, failures, warning } = await find(type).check(resource, plain(olds), plain(news), defaults());
      if (warning !== undefined) {
        await warn(urn, warning);
      }
      return { inputs: failures.length > 0 ? news : (secretsLike(inputs, news) as Properties), failures };
    },
    async diff({ type, id, olds, news }) {
      const [before, after] = [plain<Properties>(olds), plain<Properties>(news)];
      const { changed, replaces, deleteBeforeReplace = false } = find(type).diff(id, before, after);
      const changes = changed.map((path) => change(path, before[path], after[path], replaces));
      return { changes, deleteBeforeReplace };
    },
    async create({ type, inputs, preview }) {
      if (preview) {
        return { id: "", outputs: secretsLike(find(type).preview(plain(inputs)), inputs) as Properties };
      }
      const { id, outs } = await whileRunning(withState(inputs, () => find(type).create(plain(inputs))));
      return { id, outputs: secretsLike(outs, inputs) as Properties };
    },
    async read({ type, id, state, inputs }) {
      const { caCertificates } = configuration;
      const known = Object.keys(state).length === 0 ? { caCertificates } : plain<Properties>(state);
      const found = await whileRunning(find(type).read(id, known));
      if (found.id === "") {
        return undefined;
      }
      return {
        id: found.id,
        outputs: secretsLike(found.props, state) as Properties,
        ...(found.inputs !== undefined && { inputs: secretsLike(found.inputs, inputs) as Properties }),
      };
    },
    async update({ type, id, inputs, olds, preview }) {
      if (preview) {
        return { ...olds, ...inputs };
      }
      const { outs } = await whileRunning(withState(inputs, () => find(type).update(id, plain(olds), plain(inputs))));
      return secretsLike(outs, inputs) as Properties;
    },
    delete: ({ type, id, state }) => whileRunning(find(type).delete(id, plain(state))),
    // The engine also says it at the end of every update, when nothing runs but what confirms additions that were answered.
    cancel() {
      if (running > 0) {
        cancelWaits();
      }
    },
    async invoke(token) {
      throw new Error(`oidc-runner has no function ${token}`);
    },
  };
}

function find(type: string): NativeResource {
  const resource = nativeResources[type];
  if (resource === undefined) {
    throw new Error(`oidc-runner has no resource ${type}`);
  }
  return resource;
}

function change(path: string, before: unknown, after: unknown, replaces: readonly string[]): PropertyChange {
  const kind = before === undefined ? "add" : after === undefined ? "delete" : "update";
  return { path, kind, replace: replaces.includes(path), fromState: true };
}

/** A failed create or update after which the engine keeps the resource goes to it with its state. */
async function withState<T>(inputs: Properties, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InitializationFailure) {
      const outputs = secretsLike(error.properties, inputs) as Properties;
      throw new InitializationFailed(error.message, { id: error.id, outputs }, [...error.reasons]);
    }
    throw error;
  }
}
