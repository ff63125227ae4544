import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, FaultRequest } from "../../../lab/http/faults";
import type { PulumiCloud } from "../../../lab/pulumi-cloud";
import { issuer, policy } from "../../../provider/resources/dynamic";
import type { PolicyDefinition } from "../../../trust/policy/model";
import type { TestIssuer } from "../../helpers/issuer";
import type { Fixture } from "../../lab/pulumi-cloud/fixture";
import { definition } from "../support/scramble";
import { LaneTime } from "./lane-time";
import { type Program, type Provider, Stack } from "./stack";

/** How much later a request acts that nobody waits for any more, in milliseconds of real time. */
const LATE_MS = 100;

/** How a request fails. */
export const FAILURES: Record<string, Omit<FaultRequest, "path">> = {
  "429": { kind: "status", status: 429 },
  "500": { kind: "status", status: 500 },
  "reset before": { kind: "reset-before" },
  "reset after": { kind: "reset-after" },
  // It acts when nobody waits for the answer any more.
  timeout: { kind: "delay", delayMs: LATE_MS },
};

/** Answers of tomorrow's API: what becomes of one. An error answer and one without a body stay as they are. */
const CHANGES: Record<string, (answer: Record<string, unknown>) => unknown> = {
  "more fields": (answer) => ({ ...deep(answer, (item) => ({ ...item, future: { of: ["it"] } })), etag: "1" }),
  "fewer fields": (answer) => deep(answer, ({ url: _, rules: __, ...rest }) => rest),
  "a page": (answer) => ({ ...answer, continuationToken: "next" }),
  renamed: ({ policies, oidcIssuers, id, ...rest }) => ({ ...rest, uuid: id, items: policies ?? oidcIssuers }),
};
const REWRITES: Record<string, (text: string) => string> = {
  ...Object.fromEntries(
    Object.entries(CHANGES).map(([name, change]) => [
      name,
      (text: string) => (text === "" ? "" : JSON.stringify(change(JSON.parse(text)))),
    ]),
  ),
  truncated: (text) => text.slice(0, -2),
  HTML: () => "<html><body>Log in to the proxy</body></html>",
};

/** An answer whose objects, itself and those in its lists, are changed. */
function deep(answer: Record<string, unknown>, change: (item: Record<string, unknown>) => object): object {
  const inner = Object.entries(answer).map(([field, value]) => [
    field,
    ["policies", "oidcIssuers"].includes(field) ? (value as Record<string, unknown>[]).map(change) : value,
  ]);
  return change(Object.fromEntries(inner));
}

/** What the answers of tomorrow's API are. */
export const FUTURE: typeof FAILURES = {
  ...Object.fromEntries(Object.entries(REWRITES).map(([name, rewrite]) => [name, { kind: "rewrite", rewrite }])),
  "404": { kind: "status", status: 404 },
};

/** An issuer of the stack's own, or one of another stack, which has definitions of its own on it. */
export type Setting = "own" | "shared";
/** What the stack does when a request fails. */
export type Operation = "create" | "update" | "destroy";

/** Others' definitions on a shared issuer. */
export const THEIRS: readonly PolicyDefinition[] = [
  { ...definition("theirs"), future: { kept: [1] } } as PolicyDefinition,
  definition("theirs-not", "deny"),
];
const BEFORE = [definition("ours"), definition("ours-not", "deny")];
const AFTER = [definition("ours"), definition("changed"), definition("changed-not", "deny")];

/** A Pulumi Cloud, on which one stack after another is played. */
export class Lane {
  readonly time = new LaneTime();
  #count = 0;

  constructor(
    readonly fixture: Fixture,
    readonly cloud: PulumiCloud,
    readonly keys: TestIssuer,
  ) {}

  /** A new stack on a new issuer, before the operation. */
  async begin(setting: Setting, operation: Operation): Promise<Play> {
    this.#count += 1;
    const url = `https://issuer-${this.#count}.example.com`;
    const play = new Play(this, setting, url);
    await play.prepare(operation);
    return play;
  }

  async api(method: string, path: string, body?: unknown) {
    const headers = { Authorization: `token ${this.cloud.adminToken}` };
    const url = `${this.cloud.url}/api/orgs/acme/${path}`;
    return (await this.fixture.request(url, method, body, headers)).json;
  }
}

/** Which request fails, and how. */
export interface Failing {
  /** Method and path, without ids. */
  request: string;
  /** Which of those that look so, from 1. */
  nth: number;
  failure: string;
  always: boolean;
}

function withoutId(method: string, path: string): string {
  return `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "…")}`;
}

/** One stack on one issuer. */
export class Play {
  readonly #stack = new Stack({ issuer, policy } as unknown as { issuer: Provider; policy: Provider });
  #issuerId: string | undefined;

  constructor(
    readonly lane: Lane,
    readonly setting: Setting,
    readonly url: string,
  ) {}

  async prepare(operation: Operation): Promise<void> {
    const { lane, url } = this;
    if (this.setting === "shared") {
      const registered = await lane.api("POST", "oidc/issuers", { name: "theirs", url, jwks: lane.keys.jwks() });
      this.#issuerId = registered.id as string;
      const { id } = await lane.api("GET", `auth/policies/oidcissuers/${this.#issuerId}`);
      await lane.api("PATCH", `auth/policies/${id}`, { policies: THEIRS });
    }
    if (operation !== "create") {
      await this.run("create");
    }
    if (operation === "destroy") {
      await this.run("update");
    }
  }

  run(operation: Operation): Promise<void> {
    return this.lane.time.run(() =>
      operation === "destroy" ? this.#stack.destroy() : this.#stack.up(this.#program(operation === "update")),
    );
  }

  refresh(): Promise<void> {
    return this.lane.time.run(() => this.#stack.refresh());
  }

  /** What is there: the issuers of this URL, and the definitions on them. */
  async look(): Promise<{ issuers: number; definitions: PolicyDefinition[] }> {
    const { oidcIssuers } = await this.lane.api("GET", "oidc/issuers");
    const issuers = (oidcIssuers as { id: string; url: string }[]).filter(({ url }) => url === this.url);
    const lists = issuers.map(
      async ({ id }) => (await this.lane.api("GET", `auth/policies/oidcissuers/${id}`)).policies,
    );
    return { issuers: issuers.length, definitions: (await Promise.all(lists)).flat() };
  }

  /** What should be there after an operation. */
  expected(operation: Operation): PolicyDefinition[] {
    const others = this.setting === "shared" ? THEIRS : [];
    return [...others, ...{ create: BEFORE, update: AFTER, destroy: [] }[operation]];
  }

  /** The requests that some work makes, without ids. */
  async requestsOf(work: () => Promise<unknown>): Promise<string[]> {
    const { journal } = this.lane.cloud;
    journal.clear();
    await work();
    return journal.list().map(({ method, path }) => withoutId(method, path));
  }

  /** Lets one of the requests that look so fail while the work goes on, and with `always` every one from then on. */
  async failing({ request, nth, failure, always }: Failing, work: () => Promise<unknown>): Promise<number> {
    const { faults, journal } = this.lane.cloud;
    const { take } = faults;
    journal.clear();
    let seen = 0;
    let hits = 0;
    faults.take = (method, path): Fault | undefined => {
      seen += withoutId(method, path) === request ? 1 : 0;
      if (withoutId(method, path) !== request || seen < nth || (seen > nth && !always)) {
        return undefined;
      }
      hits += 1;
      if (failure === "timeout") {
        this.lane.time.giveUp();
      }
      const fault = { ...FAILURES, ...FUTURE }[failure] as Omit<FaultRequest, "path">;
      return { ...fault, path, id: failure, remaining: 0, hits: 1 };
    };
    try {
      await work();
    } finally {
      faults.take = take;
    }
    // What nobody waits for any more may still act.
    while (journal.list().filter(({ fault }) => fault !== undefined).length < hits) {
      await sleep(5);
    }
    return hits;
  }

  #program(later: boolean): Program {
    const { lane, url } = this;
    const connection = {
      organization: "acme",
      apiUrl: lane.cloud.url,
      caCertificates: lane.fixture.authority.certificatePem,
    };
    const name = "mine-0123456789abcdef";
    const registration = {
      ...connection,
      name,
      issuerUrl: url,
      jwks: lane.keys.jwks(),
      maxExpirationSeconds: later ? 7200 : 3600,
    };
    const policy = { ...connection, policies: later ? AFTER : BEFORE };
    return this.#issuerId === undefined ? { issuer: registration, policy } : { issuerId: this.#issuerId, policy };
  }
}
