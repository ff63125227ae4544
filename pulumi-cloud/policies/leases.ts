import { type PolicyDefinition, sameDefinition } from "../../trust/policy";

/** A definition that resources of this process hold. */
interface Holding {
  definition: PolicyDefinition;
  /** What tells the holders apart; see {@link PolicyHolders}. */
  claims: readonly string[];
}

/**
 * Who holds the definitions of one issuer, as far as this process wrote or took them over. An engine creates before it
 * deletes: when a resource is renamed without alias, moved or replaced, its old self lets go of what the new one took, and
 * that must stay. Each resource has a claim, a text that is made by its create and kept in its state.
 *
 * The record lives as long as the process and is never stored: one that outlives the update it was made in could leave an
 * allow behind that nobody holds any more. A value: each step gives a new one.
 */
export class PolicyHolders {
  readonly #holdings: readonly Holding[];

  constructor(holdings: readonly Holding[] = []) {
    this.#holdings = holdings;
  }

  /** Whether a definition goes when the resource with this claim lets go of it: no other one of this process holds it. */
  mayRemove(definition: PolicyDefinition, claim: string): boolean {
    return this.#claims(definition).every((other) => other === claim);
  }

  hold(definition: PolicyDefinition, claim: string): PolicyHolders {
    return this.#with(definition, [...this.#claims(definition).filter((other) => other !== claim), claim]);
  }

  release(definition: PolicyDefinition, claim: string): PolicyHolders {
    return this.#with(
      definition,
      this.#claims(definition).filter((other) => other !== claim),
    );
  }

  #claims(definition: PolicyDefinition): readonly string[] {
    return this.#holdings.find((holding) => sameDefinition(holding.definition, definition))?.claims ?? [];
  }

  #with(definition: PolicyDefinition, claims: readonly string[]): PolicyHolders {
    const others = this.#holdings.filter((other) => !sameDefinition(other.definition, definition));
    return new PolicyHolders(claims.length === 0 ? others : [...others, { definition, claims }]);
  }
}
