import {
  type ChangeRequest,
  type CheckFailure,
  hasUnknown,
  InitializationFailed,
  type Properties,
  plain,
  type ResourceProvider,
  redact,
  secretStrings,
} from "../../../plugin/server";
import { OidcRunnerError } from "../../../trust";
import { hasStatusCode, KubernetesApiError } from "../../cluster";
import { ANNOTATIONS } from "./annotations";
import { createObject, newFieldManager, tryApply, updateObject, type WriteOptions } from "./apply";
import { awaitReady, isComplete, timeoutMs, unreadyReasons } from "./await";
import { Cluster, referenceTo } from "./cluster";
import { diffInputs, replaceUnready } from "./diff";
import { withDrift } from "./drift";
import { importedInputs } from "./import-inputs";
import { withName } from "./names";
import { isAnnotated, type KubernetesObject, objectId } from "./object";
import { type Bookkeeping, bookkeeping, toObject, toOutputs, toPreview } from "./outputs";
import { removeObject } from "./remove";
import { type KubernetesSettings, readSettings } from "./settings";
import { fromTypeToken } from "./type-token";

/** The stand-in for the official Kubernetes provider: the same objects, on the real API server, by the same rules. */
export function kubernetesProvider(): ResourceProvider {
  return new KubernetesProvider();
}

class KubernetesProvider implements ResourceProvider {
  #settings: KubernetesSettings = readSettings({});
  #connected: Cluster | undefined;

  async configure(config: Properties): Promise<void> {
    this.#settings = readSettings(config);
  }

  async check(request: Parameters<ResourceProvider["check"]>[0]): ReturnType<ResourceProvider["check"]> {
    const { apiVersion, kind } = fromTypeToken(request.type);
    // A custom resource's version and kind are in its inputs only.
    const typed = {
      ...request.news,
      apiVersion: request.news.apiVersion ?? apiVersion,
      kind: request.news.kind ?? kind,
    };
    // The official provider labels objects as managed by Pulumi only without server-side apply: field managers say it here.
    const named = withName(typed, plain(request.olds), request.name, request.randomSeed);
    const failures: CheckFailure[] = [];
    const metadata = named.metadata as Properties;
    if (this.#settings.known && metadata.namespace === undefined && !hasUnknown([named.apiVersion, named.kind])) {
      const info = await this.#cluster.discovery.find(String(named.apiVersion), String(named.kind));
      if (info?.namespaced) {
        metadata.namespace = this.#cluster.defaultNamespace;
      }
    }
    return { inputs: named, failures };
  }

  async diff(request: Parameters<ResourceProvider["diff"]>[0]): ReturnType<ResourceProvider["diff"]> {
    const [olds, news] = [plain<Properties>(request.oldInputs), plain<Properties>(request.news)];
    const result = diffInputs(olds, news, this.#settings);
    if (news.kind !== "Job" || !isAnnotated(news, ANNOTATIONS.replaceUnready)) {
      return result;
    }
    const live = await this.#liveOrUnknown(toObject(request.olds), request.signal);
    return live === undefined || isComplete(live) ? result : replaceUnready(olds, news, result);
  }

  async create(request: ChangeRequest): ReturnType<ResourceProvider["create"]> {
    const object = toObject(request.inputs);
    const kept = { fieldManager: newFieldManager(), initialApiVersion: object.apiVersion };
    if (request.preview) {
      // What cannot be told before the real run: the namespace may come with this very update, and a name that is taken
      // may be that of the object this one replaces.
      const answer = await this.#preview(request, object, [404, 409], (options) =>
        createObject(this.#cluster, object, { ...options, fieldManager: kept.fieldManager }),
      );
      return { id: "", outputs: toPreview(answer, request.inputs) };
    }
    return this.#guard(request.inputs, async () => {
      const options = { ...kept, settings: this.#settings, dryRun: false };
      const live = await createObject(this.#cluster, object, options);
      return { id: objectId(live), outputs: await this.#settle(request, live, kept) };
    });
  }

  async update(request: Parameters<ResourceProvider["update"]>[0]): ReturnType<ResourceProvider["update"]> {
    const object = toObject(request.inputs);
    const fresh = { fieldManager: newFieldManager(), initialApiVersion: object.apiVersion };
    const kept = bookkeeping(request.olds, fresh);
    if (request.preview) {
      const answer = await this.#preview(request, object, [404], (options) =>
        updateObject(this.#cluster, object, { ...options, fieldManager: kept.fieldManager }),
      );
      return toPreview(answer, request.inputs);
    }
    return this.#guard(request.inputs, async () => {
      const options = { ...kept, settings: this.#settings, dryRun: false };
      return this.#settle(request, await updateObject(this.#cluster, object, options), kept);
    });
  }

  async read(request: Parameters<ResourceProvider["read"]>[0]): ReturnType<ResourceProvider["read"]> {
    const { apiVersion, kind } = fromTypeToken(request.type);
    const imported = Object.keys(request.inputs).length === 0;
    const [name = "", namespace] = request.id.split("/").reverse();
    // A custom resource's version and kind are in its inputs; an import has none.
    const given = toObject(request.inputs) as Partial<KubernetesObject>;
    const reference = {
      apiVersion: given.apiVersion ?? apiVersion,
      kind: given.kind ?? kind,
      name,
      namespace,
    };
    const live = await this.#cluster.get(reference, request.signal);
    if (live === undefined) {
      return undefined;
    }
    const kept = bookkeeping(request.state, { fieldManager: newFieldManager(), initialApiVersion: live.apiVersion });
    const outputs = toOutputs(live, imported ? request.state : request.inputs, kept);
    const inputs = imported ? importedInputs(live) : await this.#drifted(request.inputs, live, kept);
    const reasons = await unreadyReasons(this.#cluster, live);
    const state = { id: objectId(live), outputs, inputs };
    if (reasons.length > 0 && !imported) {
      throw notReady(live, state, this.#clean(reasons, request.inputs));
    }
    return state;
  }

  async delete(request: Parameters<ResourceProvider["delete"]>[0]): Promise<void> {
    const object = toObject(request.state);
    await this.#guard(request.state, () =>
      removeObject(this.#cluster, object, {
        timeoutMs: timeoutMs(request.timeoutSeconds, object),
        signal: request.signal,
      }),
    );
  }

  async invoke(token: string): Promise<Properties> {
    throw new OidcRunnerError("LAB_UNSUPPORTED_RESOURCE", `the lab's kubernetes provider has no function ${token}`);
  }

  get #cluster(): Cluster {
    this.#connected ??= Cluster.connect(this.#settings);
    return this.#connected;
  }

  // The server's own validation, where everything it needs is known.
  async #preview(
    request: ChangeRequest,
    object: KubernetesObject,
    ignored: number[],
    write: (options: Omit<WriteOptions, "fieldManager">) => Promise<KubernetesObject>,
  ): Promise<KubernetesObject> {
    if (!this.#settings.known || hasUnknown(request.inputs)) {
      return object;
    }
    const kind = await this.#cluster.discovery.find(object.apiVersion, object.kind);
    if (kind === undefined) {
      return object;
    }
    try {
      return await this.#guard(request.inputs, () => write({ settings: this.#settings, dryRun: true }));
    } catch (error) {
      if (hasStatusCode(error, ...ignored)) {
        return object;
      }
      throw error;
    }
  }

  async #settle(request: ChangeRequest, written: KubernetesObject, kept: Bookkeeping): Promise<Properties> {
    const { live, reasons } = await awaitReady(this.#cluster, written, {
      timeoutMs: timeoutMs(request.timeoutSeconds, written),
      signal: request.signal,
    });
    const outputs = toOutputs(live, request.inputs, kept);
    if (reasons.length === 0) {
      return outputs;
    }
    throw notReady(live, { id: objectId(live), outputs }, this.#clean(reasons, request.inputs));
  }

  async #drifted(inputs: Properties, live: KubernetesObject, kept: Bookkeeping): Promise<Properties> {
    let desired: KubernetesObject | undefined;
    try {
      desired = await tryApply(this.#cluster, toObject(inputs), kept.fieldManager);
    } catch (error) {
      if (!(error instanceof KubernetesApiError)) {
        throw error;
      }
      // Refused, for example because an immutable field differs: compare with what we asked for.
      desired = undefined;
    }
    return withDrift(inputs, desired ?? toObject(inputs), live) as Properties;
  }

  // A Job that cannot be read is left to the update to complain about.
  async #liveOrUnknown(job: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject | undefined> {
    try {
      return await this.#cluster.get(referenceTo(job), signal);
    } catch {
      return undefined;
    }
  }

  // The server quotes values it refuses; secrets among them must not be shown.
  async #guard<T>(inputs: Properties, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      const secrets = secretStrings(inputs);
      if (error instanceof Error && secrets.length > 0) {
        error.message = redact(error.message, secrets);
      }
      throw error;
    }
  }

  #clean(reasons: string[], inputs: Properties): string[] {
    const secrets = secretStrings(inputs);
    return reasons.map((reason) => redact(reason, secrets));
  }
}

function notReady(
  live: KubernetesObject,
  state: InitializationFailed["state"],
  reasons: string[],
): InitializationFailed {
  return new InitializationFailed(`${live.kind} ${objectId(live)} is not ready`, state, reasons);
}
