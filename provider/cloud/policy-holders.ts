import { sameDefinition } from "../trust/merge";
import type { PolicyDefinition } from "../trust/policy";

/** Names a resource; undefined for one that does not say which it is. */
type Owner = string | undefined;

/** A definition that resources of this process hold. */
interface Holding {
  definition: PolicyDefinition;
  owners: readonly Owner[];
  /** It was there, held by nobody of this process, when it was taken over: somebody from before may let go of it too. */
  inherited: boolean;
}

/**
 * Who holds the definitions of one issuer, as far as this process wrote them. A renamed resource is created, and adopts
 * what is there, before its old self is deleted; what the old one lets go of then stays.
 *
 * It lives as long as the process and is never stored: a record that outlives the update it was made in could leave an
 * allow behind that nobody holds any more. A value: each step gives a new one.
 */
export class PolicyHolders {
  readonly #holdings: readonly Holding[];

  constructor(holdings: readonly Holding[] = []) {
    this.#holdings = holdings;
  }

  /** Whether a definition goes when this owner lets go of it: nobody else of this process holds it. */
  mayRemove(definition: PolicyDefinition, owner: Owner): boolean {
    const holding = this.#find(definition);
    return holding === undefined || (!holding.inherited && without(holding.owners, owner).length === 0);
  }

  /** An owner holds a definition now. `found`: it was there before, and not this owner's. */
  hold(definition: PolicyDefinition, owner: Owner, found: boolean): PolicyHolders {
    const before = this.#find(definition);
    if (before === undefined) {
      return this.#with(definition, { definition, owners: [owner], inherited: found });
    }
    const counted = before.owners.includes(owner) && !(found && owner === undefined);
    return this.#with(definition, { ...before, owners: counted ? before.owners : [...before.owners, owner] });
  }

  /** An owner holds a definition no longer. */
  release(definition: PolicyDefinition, owner: Owner): PolicyHolders {
    const before = this.#find(definition);
    if (before === undefined) {
      return this;
    }
    if (before.inherited) {
      // Who lets go first of what was there before is the one from before: an engine creates before it deletes.
      return this.#with(definition, { ...before, inherited: false });
    }
    const owners = without(before.owners, owner);
    return this.#with(definition, owners.length === 0 ? undefined : { ...before, owners });
  }

  #find(definition: PolicyDefinition): Holding | undefined {
    return this.#holdings.find((holding) => sameDefinition(holding.definition, definition));
  }

  #with(definition: PolicyDefinition, holding: Holding | undefined): PolicyHolders {
    const others = this.#holdings.filter((other) => !sameDefinition(other.definition, definition));
    return new PolicyHolders(holding === undefined ? others : [...others, holding]);
  }
}

/** The owners, one mention of this one less. */
function without(owners: readonly Owner[], owner: Owner): readonly Owner[] {
  const index = owners.indexOf(owner);
  return index < 0 ? owners : owners.toSpliced(index, 1);
}
