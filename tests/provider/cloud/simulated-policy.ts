import { CloudApiError } from "../../../provider/cloud/api-error";
import type { Timing } from "../../../provider/cloud/timing";
import type { PolicyAccess } from "../../../provider/cloud/write-policy";
import { OidcRunnerError } from "../../../provider/errors";
import { DEFAULT_DENY } from "../../../provider/trust/merge";
import type { PolicyDefinition } from "../../../provider/trust/policy";

/** Longest way of a request to the service, or of an answer back, in milliseconds. */
export const LONGEST_WAY_MS = 400;

/** One issuer's policy as the service keeps it: whole lists, last writer wins; requests take time and may fail. */
export class SimulatedPolicy {
  policies: PolicyDefinition[] = [DEFAULT_DENY];
  version = 1;
  writes = 0;

  constructor(
    readonly timing: Timing,
    readonly faultRate: number,
  ) {}

  readonly access: PolicyAccess = {
    getPolicy: () =>
      this.#request("GET", () => ({ id: "policy", version: this.version, policies: structuredClone(this.policies) })),
    updatePolicy: (_id, policies) =>
      this.#request("PATCH", () => {
        this.policies = structuredClone(policies);
        this.version += 1;
        this.writes += 1;
        return { id: "policy", version: this.version, policies };
      }),
  };

  async #request<T>(method: "GET" | "PATCH", act: () => T): Promise<T> {
    const { timing } = this;
    await timing.sleep(timing.random() * LONGEST_WAY_MS);
    // The client repeats a read by itself; only writes show their failures.
    const fails = method === "PATCH" && timing.random() < this.faultRate;
    const kind = fails ? Math.floor(timing.random() * 4) : -1;
    if (kind === 0) {
      throw new CloudApiError(429, "PATCH", "");
    }
    if (kind === 1) {
      throw new CloudApiError(500, "PATCH", "");
    }
    const answer = kind === 2 ? undefined : act();
    await timing.sleep(timing.random() * LONGEST_WAY_MS);
    if (kind === 2 || kind === 3) {
      throw new OidcRunnerError("PULUMI_CLOUD_UNREACHABLE", "reset");
    }
    return answer as T;
  }
}
