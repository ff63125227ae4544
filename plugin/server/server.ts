import type { CheckFailure, Properties, ResourceProvider } from "./provider";
import type { GrpcCall, GrpcCallback, PulumiProtocol } from "./sdk";
import { canonical } from "./values";
import { diffResponse, failure, fromUrn, toObject, withoutUndefined } from "./wire";

/** Who is served, and as what version the plugin introduces itself. */
export interface ServeOptions {
  name: string;
  version: string;
  provider: ResourceProvider;
  /** The package's schema, as JSON. Default: one that has nothing but the name. */
  schema?: string;
}

type Handler = (request: never) => Promise<unknown>;

/** A provider that is being served. */
export interface RunningServer {
  /** Port on 127.0.0.1. */
  port: number;
  close(): void;
}

// The SDKs allow messages this large.
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Serves the provider on a free loopback port. */
export function serve(protocol: PulumiProtocol, options: ServeOptions): Promise<RunningServer> {
  const { grpc } = protocol;
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const answer = (handler: Handler) => (call: GrpcCall, callback: GrpcCallback) =>
    void handler(call.request as never).then(
      (response) => callback(null, response),
      (error: unknown) => callback(failure(protocol, error)),
    );
  server.addService(
    protocol.service,
    Object.fromEntries(
      Object.entries(handlers(protocol, options)).map(([method, handler]) => [method, answer(handler)]),
    ),
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve({ port, close: () => server.forceShutdown() }) : reject(error),
    );
  });
}

function handlers(protocol: PulumiProtocol, options: ServeOptions): Record<string, Handler> {
  const { provider: pb, plugin, Struct, Empty } = protocol;
  const { provider } = options;
  const cancelled = new AbortController();
  const signal = cancelled.signal;
  const about = (request: { getUrn(): string }) => ({ ...fromUrn(request.getUrn()), signal });
  const struct = (value: Properties) => Struct.fromJavaScript(withoutUndefined(value)) as never;
  const checkResponse = (inputs: Properties, failures: CheckFailure[]) => {
    const response = new pb.CheckResponse();
    response.setInputs(struct(inputs));
    for (const { property, reason } of failures) {
      const message = new pb.CheckFailure();
      message.setProperty(property);
      message.setReason(reason);
      response.addFailures(message);
    }
    return response;
  };

  const check = provider.checkConfig;
  const aboutConfig: Record<string, Handler> | undefined = check && {
    async checkConfig(request: InstanceType<typeof pb.CheckRequest>) {
      const news = toObject(request.getNews());
      return checkResponse(news, await check(news));
    },
    async diffConfig(request: InstanceType<typeof pb.DiffRequest>) {
      const [olds, news] = [toObject(request.getOldInputs()), toObject(request.getNews())];
      // No change of a provider makes new resources: those that depend on its configuration have it in their inputs.
      const changes = changedKeys(olds, news).map((path) => ({ path, kind: "update" as const, replace: false }));
      return diffResponse(pb, { changes, deleteBeforeReplace: false });
    },
  };

  return {
    ...aboutConfig,
    async getPluginInfo() {
      const response = new plugin.PluginInfo();
      response.setVersion(options.version);
      return response;
    },
    async getSchema() {
      const response = new pb.GetSchemaResponse();
      response.setSchema(options.schema ?? JSON.stringify({ name: options.name, version: options.version }));
      return response;
    },
    async configure(request: InstanceType<typeof pb.ConfigureRequest>) {
      await provider.configure(toObject(request.getArgs()));
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      // Of components alone: the others' inputs have neither (pulumi/pulumi v3.259.0, pkg/resource/plugin/provider_plugin.go).
      response.setAcceptresources(provider.construct !== undefined);
      response.setAcceptoutputs(provider.construct !== undefined);
      return response;
    },
    async check(request: InstanceType<typeof pb.CheckRequest>) {
      const { inputs, failures } = await provider.check({
        ...about(request),
        olds: toObject(request.getOlds()),
        news: toObject(request.getNews()),
        randomSeed: request.getRandomseed_asU8(),
      });
      return checkResponse(inputs, failures);
    },
    async diff(request: InstanceType<typeof pb.DiffRequest>) {
      const result = await provider.diff({
        ...about(request),
        id: request.getId(),
        oldInputs: toObject(request.getOldInputs()),
        olds: toObject(request.getOlds()),
        news: toObject(request.getNews()),
      });
      return diffResponse(pb, result);
    },
    async create(request: InstanceType<typeof pb.CreateRequest>) {
      const preview = request.getPreview();
      const { id, outputs } = await provider.create({
        ...about(request),
        inputs: toObject(request.getProperties()),
        preview,
        timeoutSeconds: request.getTimeout(),
      });
      const response = new pb.CreateResponse();
      // During a preview an id would be taken as known, though the resource does not exist.
      response.setId(preview ? "" : id);
      response.setProperties(struct(outputs));
      return response;
    },
    async read(request: InstanceType<typeof pb.ReadRequest>) {
      const found = await provider.read({
        ...about(request),
        id: request.getId(),
        state: toObject(request.getProperties()),
        inputs: toObject(request.getInputs()),
      });
      const response = new pb.ReadResponse();
      // An empty id tells the engine that the resource is gone.
      response.setId(found?.id ?? "");
      if (found !== undefined) {
        response.setProperties(struct(found.outputs));
        if (found.inputs !== undefined) {
          response.setInputs(struct(found.inputs));
        }
      }
      return response;
    },
    async update(request: InstanceType<typeof pb.UpdateRequest>) {
      const outputs = await provider.update({
        ...about(request),
        id: request.getId(),
        inputs: toObject(request.getNews()),
        olds: toObject(request.getOlds()),
        oldInputs: toObject(request.getOldInputs()),
        preview: request.getPreview(),
        timeoutSeconds: request.getTimeout(),
      });
      const response = new pb.UpdateResponse();
      response.setProperties(struct(outputs));
      return response;
    },
    async delete(request: InstanceType<typeof pb.DeleteRequest>) {
      await provider.delete({
        ...about(request),
        id: request.getId(),
        state: toObject(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
      });
      return new Empty();
    },
    async invoke(request: InstanceType<typeof pb.InvokeRequest>) {
      const outputs = await provider.invoke(request.getTok(), toObject(request.getArgs()));
      const response = new pb.InvokeResponse();
      response.setReturn(struct(outputs));
      return response;
    },
    async construct(request: InstanceType<typeof pb.ConstructRequest>) {
      if (provider.construct === undefined) {
        throw new Error(`${options.name} has no component ${request.getType()}`);
      }
      return provider.construct(request);
    },
    async cancel() {
      cancelled.abort();
      provider.cancel?.();
      return new Empty();
    },
  };
}

/** Keys with other values, without those of the engine, such as the plugin's version. */
function changedKeys(olds: Properties, news: Properties): string[] {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  return keys.filter((key) => !ENGINES_KEYS.includes(key) && canonical(olds[key]) !== canonical(news[key]));
}

const ENGINES_KEYS = ["version", "pluginDownloadURL", "__internal"];
