import type { ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";

/** Property values as the engine sends them; secrets are wrapped and unknowns are marker strings (see `values.ts`). */
export type Properties = Record<string, unknown>;

/** What every request about a resource says of it. */
export interface ResourceRequest {
  urn: string;
  /** Type token, e.g. `kubernetes:batch/v1:Job`. */
  type: string;
  /** The resource's logical name. */
  name: string;
  /** Aborted when the user cancels the operation. */
  signal: AbortSignal;
}

/** A `create` or `update`. */
export interface ChangeRequest extends ResourceRequest {
  inputs: Properties;
  /** True when nothing may be changed. */
  preview: boolean;
  /** The `customTimeouts` of the resource in seconds; 0 when none was given. */
  timeoutSeconds: number;
}

/** An input the provider refuses. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** One changed property. */
export interface PropertyChange {
  /** Property path, e.g. `spec.template.spec.containers[0].image`. */
  path: string;
  kind: "add" | "delete" | "update";
  /** True when the change can only be made by a new resource. */
  replace: boolean;
  /** True when it is told from what is, and not from the inputs that were. */
  fromState?: boolean;
}

/** Outcome of comparing old and new inputs. No changes means: nothing to do. */
export interface DiffResult {
  changes: PropertyChange[];
  /** True when the old resource must go first, e.g. because both would have the same name. */
  deleteBeforeReplace: boolean;
}

/** A resource as it is. */
export interface ResourceState {
  id: string;
  outputs: Properties;
}

/** What a provider plugin does; the server in `server.ts` speaks the protocol. */
export interface ResourceProvider {
  /** Looks at a configuration before it is taken. Default: every one is good. */
  checkConfig?(news: Properties): Promise<CheckFailure[]>;
  /** Receives the provider's configuration before anything else. */
  configure(config: Properties): Promise<void>;
  check(
    request: ResourceRequest & { olds: Properties; news: Properties; randomSeed: Uint8Array },
  ): Promise<{ inputs: Properties; failures: CheckFailure[] }>;
  diff(
    request: ResourceRequest & { id: string; oldInputs: Properties; olds: Properties; news: Properties },
  ): Promise<DiffResult>;
  create(request: ChangeRequest): Promise<ResourceState>;
  /** Undefined when the resource is gone. Without `inputs` those that were stay. */
  read(
    request: ResourceRequest & { id: string; state: Properties; inputs: Properties },
  ): Promise<(ResourceState & { inputs?: Properties }) | undefined>;
  update(request: ChangeRequest & { id: string; olds: Properties; oldInputs: Properties }): Promise<Properties>;
  delete(request: ResourceRequest & { id: string; state: Properties; timeoutSeconds: number }): Promise<void>;
  invoke(token: string, args: Properties): Promise<Properties>;
  /** Ends what waits, because the update is cancelled. */
  cancel?(): void;
  /** Makes a component. Without it the plugin has none. */
  construct?(request: InstanceType<typeof ConstructRequest>): Promise<InstanceType<typeof ConstructResponse>>;
}

/**
 * The resource exists but did not become ready. The engine keeps it in the state with these reasons, so that the next
 * update or destroy knows it.
 */
export class InitializationFailed extends Error {
  constructor(
    message: string,
    readonly state: ResourceState & { inputs?: Properties },
    readonly reasons: string[],
  ) {
    super(message);
    this.name = "InitializationFailed";
  }
}
