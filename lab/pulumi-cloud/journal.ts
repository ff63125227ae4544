import { z } from "zod";
import { ApiError } from "./errors";

/** The state of a stack as the CLI sends and exports it. */
export interface Checkpoint {
  version: number;
  features?: string[];
  deployment?: unknown;
}

/** A resource of a stack's state: the fields that a journal changes, and the rest as it was sent. */
const RESOURCE = z.looseObject({
  urn: z.string(),
  delete: z.boolean().optional(),
  pendingReplacement: z.boolean().optional(),
  aliases: z.array(z.string()).optional(),
  parent: z.string().optional(),
  deletedWith: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  replaceWith: z.array(z.string()).optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
});
const OPERATION = z.looseObject({ type: z.string() });
const DEPLOYMENT = z.looseObject({
  secrets_providers: z.unknown().optional(),
  resources: z.array(RESOURCE).optional(),
  pending_operations: z.array(OPERATION).optional(),
});
const POSITION = z.number().int().nullish();
const ENTRY = z.object({
  version: z.literal(1),
  kind: z.number(),
  operationID: z.number(),
  removeOld: POSITION,
  removeNew: POSITION,
  pendingReplacementOld: POSITION,
  pendingReplacementNew: POSITION,
  deleteOld: POSITION,
  deleteNew: POSITION,
  state: RESOURCE.optional(),
  operation: OPERATION.optional(),
  isRefresh: z.boolean().optional(),
  secretsProvider: z.unknown().optional(),
  newSnapshot: DEPLOYMENT.optional(),
});

/** What the CLI sends of an update's journal at a time. */
export const JOURNAL_ENTRIES = z.object({ entries: z.array(ENTRY).default([]) });

type Resource = z.infer<typeof RESOURCE>;
type Deployment = z.infer<typeof DEPLOYMENT>;
type Operation = z.infer<typeof OPERATION>;
type Entry = z.infer<typeof ENTRY>;

/** Kinds of entries, by their number. Extensions and snippets (8, 9) are of experimental commands alone. */
const KINDS = ["begin", "success", "failure", "refreshed", "outputs", "write", "secretsManager", "rebuilt"] as const;

/** Optional fields of an entry that name a resource, by where it is: in the state before the update, or made by an operation of it. */
interface Named {
  old?: number | null | undefined;
  made?: number | null | undefined;
}

/**
 * The state of a stack during an update, from the state before and what the CLI says of each operation (journal entries of
 * version 1: pulumi/pulumi v3.259.0, sdk/go/common/apitype/journal.go and pkg/backend/journal.go). Pulumi Cloud keeps a journal of
 * every update by a CLI of 3.225 or later (pulumi.com/blog/journaling-ga). A rename that changes the types of parents is followed only once
 * each child is registered.
 */
export class Journal {
  /** The deployment before, without its resources. */
  #rest: Deployment;
  /** Its resources by their place; undefined where one has gone, or was made again. */
  #old: (Resource | undefined)[];
  /** What operations of this update made, in the order in which they ended. */
  readonly #made = new Map<number, Resource>();
  /** Operations that have not ended. */
  readonly #begun = new Map<number, Operation>();
  #hasRefreshed = false;

  /** @param now when the update begins, in milliseconds since 1970 */
  constructor(
    { deployment }: Checkpoint,
    readonly now: number,
  ) {
    const { resources = [], ...rest } = (deployment ?? {}) as Deployment;
    this.#rest = rest;
    this.#old = [...resources];
  }

  /** @throws ApiError 400 for a kind that is not known */
  add(entry: Entry): void {
    const { kind, operationID, operation, state, newSnapshot, removeOld, removeNew, isRefresh = false } = entry;
    const name = KINDS[kind];
    const replaced = { old: removeOld, made: removeNew };
    if (name === "begin") {
      if (operation !== undefined) {
        this.#begun.set(operationID, operation);
      }
      return;
    }
    this.#begun.delete(operationID);
    this.#hasRefreshed ||= isRefresh || name === "refreshed";
    switch (name) {
      case "success":
        this.#replace(replaced, undefined);
        this.#mark({ old: entry.deleteOld, made: entry.deleteNew }, { delete: true });
        this.#mark(
          { old: entry.pendingReplacementOld, made: entry.pendingReplacementNew },
          { pendingReplacement: true },
        );
        if (state !== undefined) {
          this.#made.set(operationID, state);
        }
        break;
      case "refreshed":
        this.#replace(replaced, state);
        break;
      case "outputs":
        if (state !== undefined) {
          this.#replace(replaced, state);
        }
        break;
      case "write":
        this.#begin(newSnapshot ?? {});
        break;
      case "secretsManager":
        this.#rest = { ...this.#rest, secrets_providers: entry.secretsProvider };
        break;
      case "rebuilt":
        this.#begin(this.#deployment());
        this.#hasRefreshed = false;
        break;
      case "failure":
        break;
      default:
        throw new ApiError(400, `entries.kind: the lab does not know ${kind}`);
    }
  }

  /** What the stack holds as far as it was told. */
  get checkpoint(): Checkpoint {
    // The checksum is the version's: with no version it is empty (pkg/resource/deploy/manifest.go, NewMagic).
    const manifest = { time: new Date(this.now).toISOString(), magic: "", version: "" };
    return { version: 3, deployment: { ...this.#deployment(), manifest } };
  }

  #begin({ resources = [], ...rest }: Deployment): void {
    this.#rest = rest;
    this.#old = [...resources];
    this.#made.clear();
    this.#begun.clear();
  }

  #replace({ old, made }: Named, state: Resource | undefined): void {
    if (typeof old === "number" && this.#old[old] !== undefined) {
      this.#old[old] = state;
    }
    if (typeof made === "number" && this.#made.has(made)) {
      if (state === undefined) {
        this.#made.delete(made);
      } else {
        this.#made.set(made, state);
      }
    }
  }

  #mark({ old, made }: Named, mark: Partial<Resource>): void {
    const before = typeof old === "number" ? this.#old[old] : undefined;
    if (before !== undefined) {
      this.#old[old as number] = { ...before, ...mark };
    }
    const own = typeof made === "number" ? this.#made.get(made) : undefined;
    if (own !== undefined) {
      this.#made.set(made as number, { ...own, ...mark });
    }
  }

  #deployment(): Deployment {
    const { pending_operations: before = [], ...rest } = this.#rest;
    const left = this.#old.filter((resource) => resource !== undefined);
    const resources = [...this.#made.values(), ...left];
    // What was being created before stays until a person has looked at it.
    const pending = [...this.#begun.values(), ...before.filter(({ type }) => type === "creating")];
    return {
      ...rest,
      resources: linked(resources, this.#hasRefreshed),
      ...(pending.length > 0 && { pending_operations: pending }),
    };
  }
}

/**
 * Resources whose references are to resources by their URNs of now, and after a refresh to none that it found gone. Each resource
 * comes after those that it refers to.
 */
function linked(resources: readonly Resource[], hasRefreshed: boolean): Resource[] {
  const renamed = new Map(
    resources.flatMap(({ urn, aliases }) => (aliases ?? []).map((alias) => [alias, urn] as const)),
  );
  const current = (urn: string) => renamed.get(urn) ?? urn;
  const there = new Set<string>();
  const known = (urns: readonly string[] | null | undefined) =>
    urns?.map(current).filter((urn) => !hasRefreshed || there.has(urn));
  const knownOne = (urn: string | undefined) => (urn === undefined ? undefined : known([urn])?.[0]);
  const knownOfEach = (urns: Resource["propertyDependencies"]) => {
    const entries = Object.entries(urns ?? {}).map(([key, own]) => [key, known(own) ?? []] as const);
    const left = hasRefreshed ? entries.filter(([, own]) => own.length > 0) : entries;
    return left.length > 0 ? Object.fromEntries(left) : undefined;
  };
  return resources.map(({ aliases: _followed, ...resource }) => {
    const urn = current(resource.urn);
    const own = {
      ...resource,
      urn,
      dependencies: known(resource.dependencies),
      replaceWith: known(resource.replaceWith),
      propertyDependencies: knownOfEach(resource.propertyDependencies),
      parent: knownOne(resource.parent),
      deletedWith: knownOne(resource.deletedWith),
    };
    there.add(urn);
    return own;
  });
}
