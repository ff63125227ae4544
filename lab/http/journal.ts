/** One request a server of the lab got. Holds no credential. */
export interface JournalEntry {
  /** ISO 8601, by the lab's clock. */
  time: string;
  method: string;
  /** Without the query. */
  path: string;
  /** Of the answer; 0 when the connection was dropped. */
  status: number;
  /** First 16 hex digits of the SHA-256 of the credential presented: access token or subject token. */
  credential?: string;
  /** Kind of the fault that hit it, if one did. */
  fault?: string;
}

/** Entries kept: enough for any test, and a bound for a lab that runs for days. */
const LIMIT = 10_000;

/** The requests a server got, oldest first; the newest 10,000. */
export class RequestJournal {
  readonly #entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    if (this.#entries.length === LIMIT) {
      this.#entries.shift();
    }
    this.#entries.push(entry);
  }

  list(): readonly JournalEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
