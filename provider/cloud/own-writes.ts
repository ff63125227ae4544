import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { PolicyDefinition } from "../trust/policy";
import { definitionKey } from "../trust/same-definition";

/** How long an entry counts, in milliseconds: seven days. */
export const ENTRY_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

/** Which resource writes, and where. */
export interface Writer {
  apiUrl: string;
  organization: string;
  issuerId: string;
  /** Names the resource among all stacks. */
  owner: string;
}

/** Where entries are kept, and by what clock they age. */
export interface Ledger {
  directory: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** `oidc-runner/writes` in the Pulumi CLI's own directory. An empty variable counts as unset, as it does for the CLI. */
function ownLedger({ PULUMI_HOME, HOME }: NodeJS.ProcessEnv): Ledger {
  const home = PULUMI_HOME || join(HOME || homedir(), ".pulumi");
  return { directory: join(home, "oidc-runner", "writes"), now: Date.now };
}

/**
 * Notes of what one resource began to write. An update that is killed after its write and before the engine noted the
 * result leaves definitions that no state knows; a definition carries no owner, so the next update could not tell them from
 * another stack's.
 *
 * A note is an empty file (0600, in a directory of 0700) whose name is a hash. It is made before the first request that adds
 * the definition, counts for {@link ENTRY_LIFE_MS}, and goes with the definition. It only ever makes a definition ours, which
 * is to say removable by us; nothing is kept because of it, and an allow that the program gave up before it was written anew
 * goes. On another machine, or where it can't be written, there are no
 * notes, and an equal definition is refused as another's.
 */
export class OwnWrites {
  readonly #writer: Writer;
  readonly #ledger: Ledger;

  constructor(writer: Writer, ledger: Ledger = ownLedger(process.env)) {
    this.#writer = writer;
    this.#ledger = ledger;
  }

  /** Those of the definitions that this resource wrote, or began to write. */
  among(definitions: readonly PolicyDefinition[]): PolicyDefinition[] {
    return definitions.filter((definition) => this.#isFresh(this.#file(definition)));
  }

  /** Notes definitions that are about to be written. Returns those that were not noted before. */
  remember(definitions: readonly PolicyDefinition[]): PolicyDefinition[] {
    const added = definitions.filter((definition) => !this.#isFresh(this.#file(definition)));
    quietly(() => {
      mkdirSync(this.#ledger.directory, { recursive: true, mode: 0o700 });
      this.#clean();
      const now = new Date(this.#ledger.now());
      for (const definition of definitions) {
        const file = this.#file(definition);
        closeSync(openSync(file, "w", 0o600));
        utimesSync(file, now, now);
      }
    });
    return added;
  }

  /** Whether this resource began to write others than these. */
  hasOthersThan(definitions: readonly PolicyDefinition[]): boolean {
    return this.#othersThan(definitions).length > 0;
  }

  /** Takes the notes of all others than these away. */
  keepOnly(definitions: readonly PolicyDefinition[]): void {
    for (const file of this.#othersThan(definitions)) {
      quietly(() => rmSync(file, { force: true }));
    }
  }

  /** Takes the notes of these definitions away. */
  forget(definitions: readonly PolicyDefinition[]): void {
    for (const definition of definitions) {
      quietly(() => rmSync(this.#file(definition), { force: true }));
    }
  }

  #file(definition: PolicyDefinition): string {
    return join(this.#ledger.directory, this.#prefix() + hash(definitionKey(definition)));
  }

  /** The part of a name that says which resource it was. */
  #prefix(): string {
    const { apiUrl, organization, issuerId, owner } = this.#writer;
    return hash(JSON.stringify([apiUrl.replace(/\/+$/, ""), organization, issuerId, owner]));
  }

  #othersThan(definitions: readonly PolicyDefinition[]): string[] {
    const known = definitions.map((definition) => this.#file(definition));
    const names = quietly(() => readdirSync(this.#ledger.directory)) ?? [];
    return names
      .filter((name) => name.startsWith(this.#prefix()))
      .map((name) => join(this.#ledger.directory, name))
      .filter((file) => !known.includes(file) && this.#isFresh(file));
  }

  #isFresh(file: string): boolean {
    const modified = quietly(() => statSync(file).mtimeMs);
    return modified !== undefined && this.#ledger.now() - modified < ENTRY_LIFE_MS;
  }

  #clean(): void {
    for (const name of readdirSync(this.#ledger.directory).filter((name) => /^[0-9a-f]{64}$/.test(name))) {
      const file = join(this.#ledger.directory, name);
      if (!this.#isFresh(file)) {
        rmSync(file, { force: true });
      }
    }
  }
}

/** The notes of a resource; none for one of a state from before there were owners. */
export function ownWritesOf(inputs: Omit<Writer, "owner"> & { owner?: string | undefined }): OwnWrites | undefined {
  const { apiUrl, organization, issuerId, owner } = inputs;
  return owner === undefined ? undefined : new OwnWrites({ apiUrl, organization, issuerId, owner });
}

/**
 * Notes of what a resource began to take out, kept in the same way. An update or destroy that was killed, or could not be
 * confirmed, leaves a state that still has what may be gone; the next update then puts back what the program has.
 */
export function removalsOf(inputs: Omit<Writer, "owner"> & { owner?: string | undefined }): OwnWrites | undefined {
  const { owner } = inputs;
  return ownWritesOf({ ...inputs, owner: owner === undefined ? undefined : `${owner} removes` });
}

/** 32 hexadecimal digits: two of them are a name. */
function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** Notes are a help: an update must not fail for them. */
function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
