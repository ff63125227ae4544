import {
  canonical,
  hasUnknown,
  type Properties,
  type PropertyChange,
  plain,
  type ResourceProvider,
  redact,
  secretStrings,
  secretsLike,
  UNKNOWN,
} from "../../../plugin/server";
import { OidcRunnerError } from "../../../trust";
import { checkInputs, isEmpty } from "./check-inputs";
import type { CloudResource } from "./resource";
import { ServiceError } from "./service-error";

/** A function of a provider, called by programs as `getSomething`. */
export type CloudFunction = (args: Properties) => Promise<Properties>;

/** What a cloud provider consists of. */
export interface CloudProviderParts {
  /** Package name, for messages. */
  name: string;
  resources: Record<string, CloudResource>;
  functions: Record<string, CloudFunction>;
  /** Receives the provider's configuration without secret wrapping. */
  configure(config: Properties): void;
}

/** A provider for the given resource types; any other type or function is refused by name. */
export function cloudProvider(parts: CloudProviderParts): ResourceProvider {
  const find = (type: string): CloudResource => parts.resources[type] ?? unsupported(parts.name, type);
  return {
    async configure(config) {
      parts.configure(plain(config));
    },
    async check({ type, name, news, olds, randomSeed }) {
      const resource = find(type);
      const { inputs, failures } = checkInputs(resource, name, news);
      if (failures.length > 0) {
        return { inputs: news, failures };
      }
      const checked = resource.check?.(plain(inputs), { name, olds: plain(olds), randomSeed }) ?? inputs;
      return { inputs: secretsLike(checked, inputs) as Properties, failures };
    },
    async diff({ type, oldInputs, news }) {
      const resource = find(type);
      const [before, after] = [plain<Properties>(oldInputs), plain<Properties>(news)];
      const changes = compare(resource, before, after);
      const { nameInput } = resource;
      const keepsName = nameInput !== undefined && before[nameInput] === after[nameInput];
      return { changes, deleteBeforeReplace: keepsName && changes.some(({ replace }) => replace) };
    },
    async create({ type, inputs, preview }) {
      const resource = find(type);
      if (preview) {
        const unknown = Object.fromEntries(resource.computed.map((key) => [key, UNKNOWN]));
        return { id: "", outputs: { ...unknown, ...inputs } };
      }
      const { id, outputs } = await guard(inputs, () => resource.create(plain(inputs)));
      return { id, outputs: secretsLike(outputs, inputs) as Properties };
    },
    async read({ type, id, state, inputs }) {
      const resource = find(type);
      const found = await guard(state, () => resource.read(id, plain(state)));
      if (found === undefined) {
        return undefined;
      }
      const imported = Object.keys(inputs).length === 0;
      const live = imported ? found.inputs : drifted(resource, plain(inputs), found.inputs);
      const outputs = secretsLike({ ...plain<Properties>(state), ...found.outputs }, inputs) as Properties;
      return { id, outputs, inputs: secretsLike(live, inputs) as Properties };
    },
    async update({ type, id, inputs, olds, preview }) {
      const resource = find(type);
      if (preview || resource.update === undefined) {
        return { ...olds, ...inputs };
      }
      const { update } = resource;
      const outputs = await guard(inputs, () => update(id, plain(inputs), plain(olds)));
      return secretsLike(outputs, inputs) as Properties;
    },
    async delete({ type, id, state }) {
      const resource = find(type);
      try {
        await guard(state, () => resource.delete(id, plain(state)));
      } catch (error) {
        if (!(error instanceof ServiceError) || error.httpStatus !== 404) {
          throw error;
        }
      }
    },
    async invoke(token, args) {
      return (parts.functions[token] ?? unsupported(parts.name, token))(plain(args));
    },
  };
}

function unsupported(provider: string, token: string): never {
  throw new OidcRunnerError("LAB_UNSUPPORTED_RESOURCE", `the lab's ${provider} provider does not have ${token}`, {
    fix: "leave it out of the rehearsal, or run this program against the real cloud",
  });
}

function compare(resource: CloudResource, olds: Properties, news: Properties): PropertyChange[] {
  return Object.keys(resource.inputs).flatMap((key): PropertyChange[] => {
    const [before, after] = [olds[key], news[key]];
    if (!hasUnknown(after) && same(resource, key, before, after)) {
      return [];
    }
    const kind = isEmpty(before) ? "add" : isEmpty(after) ? "delete" : "update";
    return [{ path: key, kind, replace: resource.forceNew.includes(key) }];
  });
}

function same(resource: CloudResource, key: string, one: unknown, other: unknown): boolean {
  if (isEmpty(one) && isEmpty(other)) {
    return true;
  }
  const meaning = (value: unknown) => canonical(resource.json?.includes(key) ? parsed(value) : value);
  return meaning(one) === meaning(other);
}

function parsed(value: unknown): unknown {
  try {
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

// What the service says, but in the program's words where both mean the same.
function drifted(resource: CloudResource, inputs: Properties, live: Properties): Properties {
  const result = { ...inputs };
  for (const key of Object.keys(resource.inputs)) {
    if (key in inputs && key in live && !same(resource, key, inputs[key], live[key])) {
      result[key] = live[key];
    }
  }
  return result;
}

async function guard<T>(properties: Properties, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const secrets = secretStrings(properties);
    if (error instanceof Error && secrets.length > 0) {
      error.message = redact(error.message, secrets);
    }
    throw error;
  }
}
