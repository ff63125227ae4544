import { type DiffResult, InitializationFailed, type Properties } from "./provider";
import type { PulumiProtocol } from "./sdk";
import { isRecord } from "./values";

interface StructLike {
  toJavaScript(): Properties;
}

/** The outcome of a diff as the engine wants it. */
export function diffResponse(pb: PulumiProtocol["provider"], result: DiffResult) {
  const response = new pb.DiffResponse();
  const { DiffChanges } = pb.DiffResponse;
  response.setChanges(result.changes.length === 0 ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME);
  response.setDiffsList([...new Set(result.changes.map(({ path }) => path.split(/[.[]/)[0] ?? path))]);
  response.setReplacesList(result.changes.filter(({ replace }) => replace).map(({ path }) => path));
  response.setDeletebeforereplace(result.deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  const { Kind } = pb.PropertyDiff;
  for (const { path, kind, replace, fromState } of result.changes) {
    const detail = new pb.PropertyDiff();
    const kinds = {
      add: replace ? Kind.ADD_REPLACE : Kind.ADD,
      delete: replace ? Kind.DELETE_REPLACE : Kind.DELETE,
      update: replace ? Kind.UPDATE_REPLACE : Kind.UPDATE,
    };
    detail.setKind(kinds[kind]);
    detail.setInputdiff(fromState !== true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

/**
 * An error as the engine wants it: one line of text without a stack trace; a resource that failed to become ready also
 * carries its state.
 */
export function failure(protocol: PulumiProtocol, error: unknown): object {
  const { grpc } = protocol;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof InitializationFailed)) {
    return { code: grpc.status.UNKNOWN, details: message };
  }
  const detail = new protocol.provider.ErrorResourceInitFailed();
  detail.setId(error.state.id);
  detail.setProperties(protocol.Struct.fromJavaScript(withoutUndefined(error.state.outputs)) as never);
  if (error.state.inputs !== undefined) {
    detail.setInputs(protocol.Struct.fromJavaScript(withoutUndefined(error.state.inputs)) as never);
  }
  detail.setReasonsList(error.reasons);
  const any = new protocol.Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new protocol.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  // The name under which gRPC carries structured error details.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

/** The type token and the logical name in a URN. */
export function fromUrn(urn: string): { urn: string; type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { urn, type: types.split("$").at(-1) ?? types, name: name.join("::") };
}

/** The plain object in a protocol struct; empty when there is none. */
export function toObject(value: unknown): Properties {
  return (value as StructLike | undefined)?.toJavaScript() ?? {};
}

/** A copy that the protocol can carry: it has no undefined. */
export function withoutUndefined(value: Properties): Properties {
  const clean = (item: unknown): unknown => {
    if (Array.isArray(item)) {
      return item.map((entry) => clean(entry) ?? null);
    }
    if (!isRecord(item)) {
      return item;
    }
    return Object.fromEntries(
      Object.entries(item).flatMap(([key, entry]) => (entry === undefined ? [] : [[key, clean(entry)]])),
    );
  };
  return clean(value) as Properties;
}
