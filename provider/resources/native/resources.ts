import { labelOf, registeredName } from "../../../trust/issuers";
import { typeTokens } from "../cloud-resource";
import { issuerProvider } from "../issuer";
import { type CheckFailure, type InputDiff, isKnown, UNKNOWN } from "../lib";
import { policyProvider } from "../policy";

type Fields = Record<string, unknown>;

/** Arguments that the provider's configuration gives to resources without them. */
export interface Defaults {
  organization?: string;
  /** Base address of the API. */
  apiUrl: string;
  caCertificates?: string;
}

/** What the URN of a resource says. */
export interface ResourceUrn {
  urn: string;
  stack: string;
  project: string;
  name: string;
}

/** Inputs as they are checked, and what the user is told about them. */
export interface Checked {
  inputs: Fields;
  failures: CheckFailure[];
  warning?: string;
}

/** A resource as the plugin serves it, without secrets' wrapping. */
export interface NativeResource {
  /** Inputs in one notation, with the defaults put in, or what is refused. */
  check(resource: ResourceUrn, olds: Fields, news: Fields, defaults: Defaults): Promise<Checked>;
  diff(id: string, olds: Fields, news: Fields): InputDiff;
  /** What a create would put out, as far as it is known before. */
  preview(inputs: Fields): Fields;
  create(inputs: Fields): Promise<{ id: string; outs: object }>;
  /** An empty id for what is gone; without state it is for an import, and has inputs. */
  read(id: string, state: Fields): Promise<{ id: string; props: object; inputs?: object }>;
  update(id: string, olds: Fields, news: Fields): Promise<{ outs: object }>;
  delete(id: string, state: Fields): Promise<void>;
}

/** The resources that the plugin serves, by their type tokens. */
export const nativeResources: Readonly<Record<string, NativeResource>> = {
  [typeTokens("OidcIssuer").native]: served(issuerProvider, {
    computed: ["issuerId", "issuer", "adopted", "thumbprints", "created", "modified", "lastUsed"],
    complete: withRegisteredName,
  }),
  [typeTokens("OidcPolicy").native]: served(policyProvider, { computed: ["policyId"], complete: ({ news }) => news }),
};

type MaybeLater<T> = T | Promise<T>;

/** Methods of the dynamic providers, which take inputs of types of their own: what the engine sends is checked by `check`. */
interface Methods {
  check(olds: never, news: never): MaybeLater<{ inputs: object; failures: CheckFailure[]; warning?: string }>;
  diff(id: string, olds: never, news: never): InputDiff;
  create(inputs: never): Promise<{ id: string; outs: object }>;
  read(id: string, props: never): Promise<{ id: string; props: object; inputs?: object }>;
  update(id: string, olds: never, news: never): Promise<{ outs: object }>;
  delete(id: string, props: never): Promise<void>;
}

interface Completion {
  resource: ResourceUrn;
  olds: Fields;
  news: Fields;
}

function served(
  methods: Methods,
  own: { computed: string[]; complete: (inputs: Completion) => Fields },
): NativeResource {
  return {
    async check(resource, olds, given, defaults) {
      const news = own.complete({ resource, olds, news: { ...defined({ ...defaults }), ...defined(given) } });
      const { inputs, failures, warning } = await methods.check(olds as never, news as never);
      return failures.length > 0 ? { inputs: given, failures } : { inputs: inputs as Fields, failures, warning };
    },
    diff: (id, olds, news) => methods.diff(id, olds as never, news as never),
    preview: (inputs) => ({ ...Object.fromEntries(own.computed.map((key) => [key, UNKNOWN])), ...inputs }),
    create: (inputs) => methods.create(inputs as never),
    read: (id, state) => methods.read(id, state as never),
    update: (id, olds, news) => methods.update(id, olds as never, news as never),
    delete: (id, state) => methods.delete(id, state as never),
  };
}

/**
 * The name that only this resource can have, as programs in TypeScript give it themselves. One that it had before stays while
 * its label does: after an import, or under a new URN.
 */
function withRegisteredName({ resource, olds, news }: Completion): Fields {
  const { organization } = news;
  const label = news.name ?? resource.name;
  if (typeof label !== "string" || typeof organization !== "string" || !isKnown([label, organization])) {
    return { ...news, name: label };
  }
  if (typeof olds.name === "string" && labelOf(olds.name) === labelOf(label)) {
    return { ...news, name: olds.name };
  }
  const { stack, project, urn } = resource;
  return { ...news, name: registeredName(label, { organization, stack, project, urn }) };
}

function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
