import { forgetPolicies, untilConfirmed } from "../../../pulumi-cloud/policies/queue";
import type { PolicyDefinition } from "../../../trust/policy/model";

/** What is asked of a resource. */
type Inputs = Record<string, unknown>;

/** What the engine calls. */
export interface Provider {
  check(olds: Inputs, news: Inputs): Promise<{ inputs: Inputs; failures: unknown[] }>;
  diff(
    id: string,
    olds: Inputs,
    news: Inputs,
  ): Promise<{ changes: boolean; replaces: string[]; deleteBeforeReplace?: boolean }>;
  create(inputs: Inputs): Promise<{ id: string; outs: Inputs }>;
  update(id: string, olds: Inputs, news: Inputs): Promise<{ outs: Inputs }>;
  read(id: string, props: Inputs): Promise<{ id: string; props: Inputs }>;
  delete(id: string, props: Inputs): Promise<unknown>;
}

type Kind = "issuer" | "policy";

interface Kept {
  id: string;
  props: Inputs;
  /** It exists, but its create or update ended in an error. */
  unfinished: boolean;
}

/** What a program asks for: an issuer of its own, or the id of another's, and definitions on it. */
export interface Program {
  issuer?: Inputs;
  issuerId?: string;
  policy: Inputs & { policies: PolicyDefinition[] };
}

/** A stack of one program, and what the engine does with it: creates, updates, deletes, and keeps what errors tell. */
export class Stack {
  readonly #state = new Map<Kind, Kept>();
  /** What was replaced and is still to be deleted, oldest first. */
  readonly #replaced: { kind: Kind; kept: Kept }[] = [];

  constructor(readonly providers: { issuer: Provider; policy: Provider }) {}

  /** `pulumi up`: a process of its own, which ends at the first failure. */
  async up({ issuer, issuerId, policy }: Program): Promise<void> {
    forgetPolicies();
    try {
      const registered = issuer === undefined ? issuerId : (await this.#make("issuer", issuer)).issuerId;
      await this.#make("policy", { ...policy, issuerId: registered });
      await this.#deleteReplaced();
    } finally {
      await untilConfirmed();
    }
  }

  /** `pulumi refresh`. */
  async refresh(): Promise<void> {
    forgetPolicies();
    for (const [kind, kept] of this.#state) {
      const { id, props } = await this.providers[kind].read(kept.id, kept.props);
      if (id === "") {
        this.#state.delete(kind);
      } else {
        this.#state.set(kind, { ...kept, id, props });
      }
    }
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<void> {
    forgetPolicies();
    await this.#deleteReplaced();
    for (const kind of ["policy", "issuer"] as const) {
      const kept = this.#state.get(kind);
      if (kept !== undefined) {
        await this.providers[kind].delete(kept.id, kept.props);
        this.#state.delete(kind);
      }
    }
  }

  async #deleteReplaced(): Promise<void> {
    for (let last = this.#replaced.at(-1); last !== undefined; last = this.#replaced.at(-1)) {
      await this.providers[last.kind].delete(last.kept.id, last.kept.props);
      this.#replaced.pop();
    }
  }

  async #make(kind: Kind, asked: Inputs): Promise<Inputs> {
    const provider = this.providers[kind];
    const old = this.#state.get(kind);
    const { inputs, failures } = await provider.check(old?.props ?? {}, asked);
    if (failures.length > 0) {
      throw new TypeError(JSON.stringify(failures));
    }
    const diff = old && (await provider.diff(old.id, old.props, inputs));
    if (old !== undefined && diff?.deleteBeforeReplace) {
      await provider.delete(old.id, old.props);
      this.#state.delete(kind);
    }
    try {
      if (old === undefined || (diff?.replaces ?? []).length > 0) {
        const { id, outs } = await provider.create(inputs);
        if (old !== undefined && this.#state.has(kind)) {
          this.#replaced.push({ kind, kept: old });
        }
        this.#state.set(kind, { id, props: outs, unfinished: false });
      } else if (old.unfinished || diff?.changes) {
        const { outs } = await provider.update(old.id, old.props, inputs);
        this.#state.set(kind, { id: old.id, props: outs, unfinished: false });
      }
    } catch (error) {
      const { id, properties } = error as { id?: string; properties?: Inputs };
      if (id !== undefined) {
        this.#state.set(kind, { id, props: properties ?? {}, unfinished: true });
      }
      throw error;
    }
    return (this.#state.get(kind) as Kept).props;
  }
}
