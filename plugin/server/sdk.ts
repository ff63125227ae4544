import { createRequire } from "node:module";
import path from "node:path";
import type * as pluginPb from "@pulumi/pulumi/proto/plugin_pb";
import type * as providerPb from "@pulumi/pulumi/proto/provider_pb";
import { OidcRunnerError } from "../../trust";

/** The unary call a gRPC handler receives. */
export interface GrpcCall {
  request: unknown;
}

/** What a gRPC handler answers with: an error (`code`, `details`, `metadata`) or a message. */
export type GrpcCallback = (error: object | null, response?: unknown) => void;

interface GrpcServer {
  addService(service: unknown, handlers: Record<string, (call: GrpcCall, callback: GrpcCallback) => void>): void;
  bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
  forceShutdown(): void;
}

/** The few parts of gRPC used here. */
export interface Grpc {
  Server: new (options: Record<string, number>) => GrpcServer;
  ServerCredentials: { createInsecure(): unknown };
  Metadata: new () => { add(key: string, value: Buffer): void };
  status: { UNKNOWN: number };
}

interface Message {
  serializeBinary(): Uint8Array;
}

interface StructMessage {
  toJavaScript(): Record<string, unknown>;
}

/** What a provider needs of the Pulumi SDK: its wire protocol, none of its runtime. */
export interface PulumiProtocol {
  grpc: Grpc;
  service: unknown;
  provider: typeof providerPb;
  plugin: typeof pluginPb;
  Struct: { fromJavaScript(value: Record<string, unknown>): StructMessage & Message };
  Empty: new () => Message;
  Any: new () => { pack(bytes: Uint8Array, name: string): void };
  Status: new () => Message & {
    setCode(code: number): void;
    setMessage(text: string): void;
    addDetails(detail: unknown): void;
  };
}

/**
 * Loads the protocol files of `@pulumi/pulumi`, looked for first where this package is installed, then in `extraPaths`.
 *
 * Only the protocol is loaded: the SDK's own provider server drops what a faithful stand-in needs (provider
 * configuration, custom timeouts, old inputs, previews) and prints stack traces, and loading it all costs half a second
 * per plugin process.
 */
export function loadProtocol(extraPaths: string[] = []): PulumiProtocol {
  const load = createRequire(findSdk([__dirname, ...extraPaths]));
  return {
    grpc: load("@grpc/grpc-js"),
    service: load("./proto/provider_grpc_pb.js").ResourceProviderService,
    provider: load("./proto/provider_pb.js"),
    plugin: load("./proto/plugin_pb.js"),
    Struct: load("google-protobuf/google/protobuf/struct_pb.js").Struct,
    Empty: load("google-protobuf/google/protobuf/empty_pb.js").Empty,
    Any: load("google-protobuf/google/protobuf/any_pb.js").Any,
    Status: load("./proto/status_pb.js").Status,
  };
}

function findSdk(paths: string[]): string {
  for (const from of paths) {
    try {
      return createRequire(path.join(from, "_.js")).resolve("@pulumi/pulumi/package.json");
    } catch {
      // Not installed there: try the next place.
    }
  }
  throw new OidcRunnerError("PULUMI_SDK_NOT_FOUND", "the package @pulumi/pulumi is not installed", {
    where: paths.join(", "),
    fix: "npm install @pulumi/pulumi",
  });
}
