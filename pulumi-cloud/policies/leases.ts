import { type PolicyDefinition, sameDefinition } from "../../trust/policy";

/** A definition that resources of this process hold. */
interface Holding {
  definition: PolicyDefinition;
  /** Leases of its holders; see {@link PolicyHolders}. */
  leases: readonly string[];
}

/**
 * Who holds the definitions of one issuer, as far as this process wrote or took them over. An engine creates before it
 * deletes: when a resource is renamed without alias, moved or replaced, its old self lets go of what the new one took, and
 * that must stay. Each resource has a lease, a text that is made by its create and kept in its state.
 *
 * The record lives as long as the process and is never stored: one that outlives the update it was made in could leave an
 * allow behind that no resource holds any more. A value: each step gives a new one.
 */
export class PolicyHolders {
  readonly #holdings: readonly Holding[];

  constructor(holdings: readonly Holding[] = []) {
    this.#holdings = holdings;
  }

  /** Whether a definition goes when the resource with this lease lets go of it: no other one of this process holds it. */
  mayRemove(definition: PolicyDefinition, lease: string): boolean {
    return this.#leases(definition).every((other) => other === lease);
  }

  hold(definition: PolicyDefinition, lease: string): PolicyHolders {
    return this.#with(definition, [...this.#leases(definition).filter((other) => other !== lease), lease]);
  }

  release(definition: PolicyDefinition, lease: string): PolicyHolders {
    return this.#with(
      definition,
      this.#leases(definition).filter((other) => other !== lease),
    );
  }

  #leases(definition: PolicyDefinition): readonly string[] {
    return this.#holdings.find((holding) => sameDefinition(holding.definition, definition))?.leases ?? [];
  }

  #with(definition: PolicyDefinition, leases: readonly string[]): PolicyHolders {
    const others = this.#holdings.filter((other) => !sameDefinition(other.definition, definition));
    return new PolicyHolders(leases.length === 0 ? others : [...others, { definition, leases }]);
  }
}
