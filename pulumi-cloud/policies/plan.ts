import {
  type DefinitionChange,
  includesDefinition,
  mergeDefinitions,
  neverEmpty,
  type PolicyDefinition,
  sameDefinition,
} from "../../trust/policy";
import type { PolicyHolders } from "./leases";

/** A change, and who asks for it. */
export interface OwnedChange extends DefinitionChange {
  /** Tells the resource from all others; see {@link PolicyHolders}. */
  lease: string;
}

/** What a change really takes out and puts in. */
interface Step {
  change: OwnedChange;
  remove: readonly PolicyDefinition[];
}

/**
 * What a batch of changes makes of an issuer's list, decided on the list that was read before anything was written: which
 * changes are refused, and of each definition how many are to remain. Where the list holds equal definitions, one copy is
 * ours; the others stay.
 */
export class PolicyPlan {
  /** What each refused change was refused with. */
  readonly refused: ReadonlyMap<OwnedChange, unknown>;
  /** Of each change, what it was to take out and the list no longer has. */
  readonly gone: ReadonlyMap<OwnedChange, PolicyDefinition[]>;
  /** The list to write. */
  readonly next: PolicyDefinition[];
  /** Who holds what once it is written. */
  readonly holders: PolicyHolders;
  readonly #steps: readonly Step[];

  constructor(list: readonly PolicyDefinition[], changes: readonly OwnedChange[], holders: PolicyHolders) {
    const refused = new Map<OwnedChange, unknown>();
    const gone = new Map<OwnedChange, PolicyDefinition[]>();
    const steps: Step[] = [];
    let next = [...list];
    this.holders = holders;
    for (const change of changes) {
      const { lease, add } = change;
      const held = this.holders;
      const remove = change.remove.filter(
        (definition) => includesDefinition(add, definition) || held.mayRemove(definition, lease),
      );
      try {
        const missing = remove.filter((definition) => !includesDefinition([...next, ...add], definition));
        next = mergeDefinitions(next, { ...change, remove });
        gone.set(change, missing);
        const released = change.remove.reduce((kept, definition) => kept.release(definition, lease), held);
        this.holders = add.reduce((kept, definition) => kept.hold(definition, lease), released);
        steps.push({ change, remove });
      } catch (error) {
        refused.set(change, error);
      }
    }
    this.next = neverEmpty(next, list);
    this.refused = refused;
    this.gone = gone;
    this.#steps = steps;
  }

  /**
   * The list that carries the plan through after it was written, perhaps overwritten, and read again: what is there is
   * ours and not added twice. An unchanged list: the plan is fulfilled.
   *
   * @param doubtful whether it can't be told if a removal took place. Then an allow that remains is taken for ours and goes,
   *   a deny for another's and stays.
   * @param failed gets what can no longer be carried through, and is left out from then on
   */
  again(list: readonly PolicyDefinition[], doubtful: boolean, failed: Map<OwnedChange, unknown>): PolicyDefinition[] {
    let next = [...list];
    for (const { change, remove } of this.#steps) {
      if (failed.has(change)) {
        continue;
      }
      const unwanted = distinct(remove).flatMap((definition) => {
        const excess = count(next, definition) - this.#remaining(definition, doubtful);
        return Array.from({ length: Math.max(0, excess) }, () => definition);
      });
      const missing = change.add.filter(
        (definition) => includesDefinition(this.next, definition) && !includesDefinition(next, definition),
      );
      if (unwanted.length + missing.length > 0) {
        try {
          next = mergeDefinitions(next, { ...change, remove: unwanted, add: missing, adopt: true });
        } catch (error) {
          failed.set(change, error);
        }
      }
    }
    return neverEmpty(next, list);
  }

  #remaining(definition: PolicyDefinition, doubtful: boolean): number {
    if (doubtful && definition.decision === "allow") {
      return this.#steps.some(({ change }) => includesDefinition(change.add, definition)) ? 1 : 0;
    }
    return count(this.next, definition);
  }
}

function count(list: readonly PolicyDefinition[], definition: PolicyDefinition): number {
  return list.filter((entry) => sameDefinition(entry, definition)).length;
}

function distinct(definitions: readonly PolicyDefinition[]): PolicyDefinition[] {
  return definitions.filter(
    (definition, index) => definitions.findIndex((other) => sameDefinition(other, definition)) === index,
  );
}
