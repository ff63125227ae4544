import { createRequire } from "node:module";

const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

interface Request {
  getId(): string;
  getType(): string;
  getName(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
}

type Answer = (request: Request) => unknown;

/** What a program and a plugin ask an engine, answered at once: what is left is their own time. */
export class AnsweringEngine {
  /** Registrations of resources, components included. */
  registered = 0;

  private constructor(
    readonly address: string,
    readonly close: () => void,
  ) {}

  static async start(): Promise<AnsweringEngine> {
    const grpc = sdk("@grpc/grpc-js");
    const resource = sdk("./proto/resource_pb.js");
    const engine = sdk("./proto/engine_pb.js");
    const provider = sdk("./proto/provider_pb.js");
    const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js");
    const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js");
    const unary = (answer: Answer) => (call: { request: Request }, done: (error: null, response: unknown) => void) =>
      done(null, answer(call.request));
    const register: Answer = (request) => {
      started.registered += 1;
      const response = new resource.RegisterResourceResponse();
      const types = [request.getParent().split("::")[2], request.getType()].filter((type) => type).join("$");
      response.setUrn(`urn:pulumi:bench::bench::${types}::${request.getName()}`);
      response.setId(`${request.getName()}-id`);
      const made = { issuerId: "1", policyId: "1", adopted: false, ...request.getObject().toJavaScript() };
      response.setObject(Struct.fromJavaScript(made));
      return response;
    };
    const server = new grpc.Server();
    server.addService(sdk("./proto/resource_grpc_pb.js").ResourceMonitorService, {
      supportsFeature: unary((request) => {
        // References to resources would be read back from here.
        const has = request.getId() === "secrets" || request.getId() === "outputValues";
        return new resource.SupportsFeatureResponse().setHassupport(has);
      }),
      registerResource: unary(register),
      registerResourceOutputs: unary(() => new Empty()),
      signalAndWaitForShutdown: unary(() => new Empty()),
      invoke: unary(() => new provider.InvokeResponse()),
    });
    server.addService(sdk("./proto/engine_grpc_pb.js").EngineService, {
      log: unary(() => new Empty()),
      getRootResource: unary(() => new engine.GetRootResourceResponse()),
      setRootResource: unary(() => new engine.SetRootResourceResponse()),
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    const started = new AnsweringEngine(`127.0.0.1:${port}`, () => server.forceShutdown());
    return started;
  }
}
