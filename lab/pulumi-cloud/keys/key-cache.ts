import type { JsonWebKeySet } from "../json-web-key-set";
import type { Issuer } from "../organization";
import type { Switches } from "../switches";
import type { IssuerNetwork } from "./network";

interface Entry {
  keys: Promise<JsonWebKeySet>;
  /** Milliseconds by the lab's clock. */
  fetchedAt: number;
  /** Until when it is used, milliseconds; unknown until the answer is there. */
  freshUntil: number;
}

/** The issuers' signing keys: static ones as registered, others fetched and kept as long as their server says. */
export class KeyCache {
  readonly #entries = new Map<string, Entry>();
  readonly #network: IssuerNetwork;
  readonly #clock: () => number;
  readonly #switches: Switches;

  constructor(network: IssuerNetwork, clock: () => number, switches: Switches) {
    this.#network = network;
    this.#clock = clock;
    this.#switches = switches;
  }

  /** The keys of an issuer. Concurrent callers share one fetch. */
  async keys(issuer: Issuer): Promise<JsonWebKeySet> {
    if (issuer.jwks !== undefined) {
      return issuer.jwks;
    }
    const entry = this.#entries.get(issuer.id);
    const now = this.#clock();
    // A clock that was moved back behind the fetch says nothing about the entry's age.
    const fresh = entry !== undefined && now >= entry.fetchedAt && now < entry.freshUntil;
    return (fresh ? entry : this.#fetch(issuer)).keys;
  }

  /**
   * Keys other than those `seen`, for a token whose `kid` is not among them: fetched again, or by another caller in the
   * meantime. Undefined when there are none: static keys, or a fetch within the cooldown, so that forged tokens cannot
   * make the service hammer an issuer.
   */
  async refreshed(issuer: Issuer, seen: JsonWebKeySet): Promise<JsonWebKeySet | undefined> {
    if (issuer.jwks !== undefined) {
      return undefined;
    }
    const entry = this.#entries.get(issuer.id);
    const age = this.#clock() - (entry?.fetchedAt ?? 0);
    if (entry === undefined || age < 0 || age >= this.#switches.keysCooldownSeconds * 1000) {
      return this.#fetch(issuer).keys;
    }
    const current = await entry.keys;
    return current === seen ? undefined : current;
  }

  /** Drops what is kept of an issuer. */
  forget(issuerId: string): void {
    this.#entries.delete(issuerId);
  }

  #fetch(issuer: Issuer): Entry {
    const fetchedAt = this.#clock();
    const answer = this.#network.keys(issuer);
    const entry: Entry = { keys: answer.then(({ keys }) => keys), fetchedAt, freshUntil: Number.POSITIVE_INFINITY };
    this.#entries.set(issuer.id, entry);
    answer.then(
      ({ maxAgeSeconds }) => {
        entry.freshUntil = fetchedAt + maxAgeSeconds * 1000;
      },
      // A failure is not kept; the caller gets it through `keys`.
      () => {
        if (this.#entries.get(issuer.id) === entry) {
          this.#entries.delete(issuer.id);
        }
      },
    );
    return entry;
  }
}
