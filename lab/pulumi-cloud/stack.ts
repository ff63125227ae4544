import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import type { DeploymentOperation } from "../../trust/issuers";
import { type Checkpoint, Journal } from "./journal";

/** An update of a stack that has a lease, or had one. */
export interface StackUpdate {
  id: string;
  kind: "update" | "preview" | "refresh" | "destroy";
  status: "not started" | "running" | "succeeded" | "failed" | "cancelled";
  /** Authorizes everything that is said of the update; changes with each renewal. */
  token: string;
  /** When the lease ends, milliseconds by the lab's clock. */
  leaseEnds: number;
  /** The stack's version that it makes, or that a preview looks at. */
  version: number;
  /** As the CLI sends them. */
  events: unknown[];
  /** Id of the deployment that it belongs to. */
  deployment?: string;
}

/** A line of a deployment's log, or the title of a part of it. */
export interface LogLine {
  header?: string;
  timestamp?: string;
  line?: string;
}

/** What a run of Pulumi Deployments does. */
export interface DeploymentRun {
  organization: string;
  project: string;
  stack: string;
  operation: DeploymentOperation;
}

/** A run of Pulumi Deployments on a stack. */
export interface Deployment {
  id: string;
  /** Counts the stack's deployments, from 1. */
  version: number;
  run: DeploymentRun;
  status: "running" | "succeeded" | "failed";
  /** Milliseconds by the lab's clock. */
  created: number;
  log: LogLine[];
}

/** A stack of an organization: its newest checkpoint, its updates and the key of its secrets. */
export class Stack {
  readonly id = randomUUID();
  tags: Record<string, string>;
  version = 0;
  readonly updates: StackUpdate[] = [];
  /** Settings of its deployments, as they were sent and merged. */
  deploymentSettings: Record<string, unknown> | undefined;
  readonly deployments: Deployment[] = [];
  readonly #key = randomBytes(32);
  /** What holds the state: as it was sent whole, or what the last update's journal makes of it. */
  #state: { checkpoint: Checkpoint } | Journal = { checkpoint: { version: 3, deployment: null } };

  constructor(
    readonly project: string,
    readonly name: string,
    tags: Record<string, string>,
  ) {
    this.tags = tags;
  }

  get checkpoint(): Checkpoint {
    return this.#state.checkpoint;
  }

  set checkpoint(checkpoint: Checkpoint) {
    this.#state = { checkpoint };
  }

  /** The journal of the last update; undefined where it sends its state whole. */
  get journal(): Journal | undefined {
    return this.#state instanceof Journal ? this.#state : undefined;
  }

  /** Makes ready for an update that keeps a journal, or does not. */
  keepJournal(isKept: boolean, now: number): void {
    this.#state = isKept ? new Journal(this.checkpoint, now) : { checkpoint: this.checkpoint };
  }

  /** The update that holds the stack's lease, and so keeps out every other one. */
  active(now: number): StackUpdate | undefined {
    return this.updates.find(({ status, leaseEnds }) => status === "running" && now < leaseEnds);
  }

  begin(kind: StackUpdate["kind"], deployment?: string): StackUpdate {
    const { version } = this;
    const begun = { id: randomUUID(), kind, status: "not started", token: "", leaseEnds: 0 } as const;
    const update: StackUpdate = { ...begun, version, events: [], deployment };
    this.updates.push(update);
    return update;
  }

  /** Initialisation vector, tag and text. */
  encrypt(plaintext: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, iv);
    const text = Buffer.concat([cipher.update(Buffer.from(plaintext, "base64")), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64");
  }

  /** @throws when the text was not encrypted by this stack */
  decrypt(ciphertext: string): string {
    const bytes = Buffer.from(ciphertext, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("base64");
  }
}
