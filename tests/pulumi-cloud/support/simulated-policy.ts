import { CloudApiError } from "../../../pulumi-cloud/api/errors";
import type { Timing } from "../../../pulumi-cloud/api/timing";
import type { AuthPolicyRecord } from "../../../pulumi-cloud/api/types";
import type { PolicyAccess } from "../../../pulumi-cloud/policies/types";
import { OidcRunnerError } from "../../../trust/errors";
import { hasLiteralPart } from "../../../trust/pattern/pattern";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { sameDefinition } from "../../../trust/policy/same";
import { DEFAULT_DENY } from "../../helpers/default-deny";
import { watchSent } from "../../helpers/sent-definitions";

/** Longest way of a request to the service, or of an answer back, in milliseconds. */
export const LONGEST_WAY_MS = 400;

const LATE_MS = 500;

/** What the service does with equal entries in one list. */
export type EqualDefinitions = "keep" | "collapse" | "reject";
export const MODES: readonly EqualDefinitions[] = ["keep", "collapse", "reject"];

/**
 * How a write fails: refused at once, failed unseen, lost on the way there, its answer lost on the way back, or under way for
 * half a second when nobody waits for it any more.
 */
export type WriteFault = "429" | "500" | "lost-request" | "lost-answer" | "late";
const FAULTS: readonly WriteFault[] = ["429", "500", "lost-request", "lost-answer"];

/** One issuer's policy as the service keeps it: whole lists, last writer wins; requests take time and may fail. */
export class SimulatedPolicy {
  policies: PolicyDefinition[] = [DEFAULT_DENY];
  version = 1;
  writes = 0;
  /** Lists refused because of equal entries. */
  rejected = 0;
  requests: ("GET" | "PATCH")[] = [];
  /** Definitions without a literal character that were sent: see `watchSent`. */
  readonly nameless: string[] = [];
  /** What happens to the next writes, before chance decides; undefined: nothing. */
  readonly faults: (WriteFault | undefined)[] = [];
  /** What the service makes of a list that it stores. */
  alters = (list: PolicyDefinition[]): PolicyDefinition[] => list;
  /** What other writers do just before the next writes arrive, or are lost. */
  readonly meanwhile: (() => void)[] = [];

  constructor(
    readonly timing: Timing,
    readonly faultRate = 0,
    readonly equalDefinitions: EqualDefinitions = "keep",
    readonly longestWayMs = LONGEST_WAY_MS,
  ) {
    watchSent(this.nameless);
  }

  readonly access: PolicyAccess = {
    getPolicy: async () => {
      this.requests.push("GET");
      await this.#travel();
      const answer = this.#answer();
      await this.#travel();
      return answer;
    },
    updatePolicy: async (_id, policies) => {
      this.requests.push("PATCH");
      const fault = this.#fault();
      await this.#travel();
      if (fault === "429" || fault === "500") {
        throw new CloudApiError(Number(fault), "PATCH", "");
      }
      this.meanwhile.shift()?.();
      this.#refusePatterns(policies);
      if (fault === "late") {
        void this.timing.sleep(LATE_MS).then(() => this.store(policies));
      } else if (fault !== "lost-request") {
        this.store(policies);
      }
      const answer = this.#answer();
      await this.#travel();
      if (fault !== undefined) {
        throw new OidcRunnerError("PULUMI_CLOUD_UNREACHABLE", "reset");
      }
      return answer;
    },
  };

  /** Stores a list as a write does. */
  store(policies: readonly PolicyDefinition[]): void {
    const distinct = policies.filter(
      (entry, index) => policies.findIndex((other) => sameDefinition(other, entry)) === index,
    );
    if (this.equalDefinitions === "reject" && distinct.length < policies.length) {
      this.rejected += 1;
      throw new CloudApiError(400, "PATCH", "equal definitions");
    }
    this.policies = this.alters(structuredClone(this.equalDefinitions === "collapse" ? distinct : [...policies]));
    this.version += 1;
    this.writes += 1;
  }

  /** As the service does: every rule needs a literal character, and a definition a rule. */
  #refusePatterns(policies: readonly PolicyDefinition[]): void {
    const literal = (pattern: string) => hasLiteralPart(pattern);
    const nameless = policies.filter(({ rules }) => !Object.values(rules).some(literal));
    this.nameless.push(...nameless.map((definition) => JSON.stringify(definition)));
    const [key] = policies.flatMap(({ rules }) => Object.entries(rules)).find(([, text]) => !literal(text)) ?? [];
    if (key !== undefined || nameless.length > 0 || policies.length === 0) {
      throw new CloudApiError(400, "PATCH", `Bad Request: key ${key} should at least have a strict matching portion`);
    }
  }

  #answer(): AuthPolicyRecord {
    return { id: "policy", version: this.version, policies: structuredClone(this.policies) };
  }

  #travel(): Promise<unknown> {
    return this.timing.sleep(this.timing.random() * this.longestWayMs);
  }

  #fault(): WriteFault | undefined {
    if (this.faults.length > 0) {
      return this.faults.shift();
    }
    // The client repeats a read by itself; only writes show their failures.
    return this.timing.random() < this.faultRate ? FAULTS[Math.floor(this.timing.random() * 4)] : undefined;
  }
}
