import { setImmediate as nextTurn } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

/** A resource as the program registered it. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  /** `type name` of the parent, if it has one. */
  parent?: string;
  /** `type name` of what it waits for, sorted: explicit dependencies and those through its inputs. */
  dependencies: string[];
}

/** What the engine was told about a resource besides its inputs. */
export interface EngineOptions {
  ignoreChanges: string[];
  replaceOnChanges: string[];
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean;
  /** Limits in the engine's words: empty where there is none. */
  customTimeouts: { create: string; pb_delete: string } | undefined;
  provider: string;
}

/** What came of a program. */
export interface MockedRun<T> {
  resources: Registered[];
  /** By `type name`. */
  engineOptions: Map<string, EngineOptions>;
  /** What the program returned, resolved; undefined when it did not get that far. */
  outputs: pulumi.Unwrap<T> | undefined;
  /** What the program threw, or what its Outputs were rejected with, each once. */
  errors: unknown[];
  /** Warnings and errors it logged. */
  log: string[];
}

/** How the engine behaves. */
export interface MockOptions {
  preview?: boolean;
  /** What a resource answers besides its inputs. */
  state?: (resource: pulumi.runtime.MockResourceArgs) => Record<string, unknown> | undefined;
  /** What an invoke answers. */
  call?: (call: pulumi.runtime.MockCallArgs) => Record<string, unknown>;
}

/** Turns of the event loop without news after which nothing more is to come: mocks do no I/O. */
const QUIET_TURNS = 25;

interface Monitor {
  registerResource(request: Request, callback: unknown): Promise<void>;
}
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getObject(): never;
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getDeletebeforereplace(): boolean;
  getRetainondelete(): boolean;
  getCustomtimeouts(): { toObject(): { create: string; pb_delete: string } } | undefined;
  getProvider(): string;
}

/**
 * Runs a program under Pulumi's mocks until nothing more happens. Whatever is rejected is caught here, so that a test can
 * tell what was registered besides.
 */
export async function runProgram<T>(program: () => T, options: MockOptions = {}): Promise<MockedRun<T>> {
  const run: MockedRun<T> = { resources: [], engineOptions: new Map(), outputs: undefined, errors: [], log: [] };
  let events = 0;
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => ({
        id: options.preview ? undefined : `${resource.name}-id`,
        state: options.preview ? resource.inputs : { ...resource.inputs, ...options.state?.(resource) },
      }),
      call: (call) => options.call?.(call) ?? {},
    },
    "project",
    "stack",
    options.preview,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    events += 1;
    run.resources.push(describeRequest(request));
    run.engineOptions.set(key({ type: request.getType(), name: request.getName() }), optionsOf(request));
    return register(request, callback);
  };
  const restore = catchRejections((error) => {
    events += 1;
    if (!run.errors.includes(error)) run.errors.push(error);
  });
  const restoreLog = catchLog(run.log);
  try {
    const result = program();
    const resolved = pulumi.output(result) as unknown as { promise(): Promise<pulumi.Unwrap<T>> };
    resolved.promise().then(
      (outputs) => {
        events += 1;
        run.outputs = outputs;
      },
      () => undefined, // Its reason comes as an unhandled rejection of the Output itself.
    );
    await untilQuiet(() => events);
  } catch (error) {
    run.errors.push(error);
    await untilQuiet(() => events);
  } finally {
    restoreLog();
    restore();
    // Of a refused program some promises never settle; the runtime would end the test process with status 1 for them.
    (debuggable as unknown as { leakedPromises(): unknown }).leakedPromises();
  }
  run.resources.sort((left, right) => (key(left) < key(right) ? -1 : 1));
  return run;
}

function describeRequest(request: Request): Registered {
  const parent = request.getParent();
  return {
    type: request.getType(),
    name: request.getName(),
    inputs: pulumi.runtime.deserializeProperties(request.getObject(), true),
    ...(parent !== "" && { parent: nameOf(parent) }),
    dependencies: request.getDependenciesList().map(nameOf).sort(),
  };
}

/** `type name` of a URN, without the types of its parents. */
function nameOf(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").pop()} ${name}`;
}

function optionsOf(request: Request): EngineOptions {
  return {
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    retainOnDelete: request.getRetainondelete(),
    customTimeouts: request.getCustomtimeouts()?.toObject(),
    provider: request.getProvider(),
  };
}

function key({ type, name }: { type: string; name: string }): string {
  return `${type} ${name}`;
}

async function untilQuiet(events: () => number): Promise<void> {
  for (let quiet = 0, seen = events(); quiet < QUIET_TURNS; quiet += 1) {
    await nextTurn();
    if (events() !== seen) {
      seen = events();
      quiet = 0;
    }
  }
}

/** Mocha's own listeners would fail the test at the first rejection, of which a refused program has several. */
function catchRejections(report: (error: unknown) => void): () => void {
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", report);
  return () => {
    process.removeListener("unhandledRejection", report);
    for (const listener of others) process.on("unhandledRejection", listener);
  };
}

function catchLog(lines: string[]): () => void {
  const { warn, error } = pulumi.log;
  const collect = async (message: string) => {
    lines.push(message);
  };
  Object.assign(pulumi.log, { warn: collect, error: collect });
  return () => {
    Object.assign(pulumi.log, { warn, error });
  };
}
