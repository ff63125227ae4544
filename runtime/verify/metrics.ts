import type { Accepted, RefusalCode } from "./verdict";

type Attributes = Record<string, string>;

/** The part of OpenTelemetry's `Meter` that is used. */
export interface Meter {
  createCounter(name: string, options: { description: string }): { add(value: number, attributes?: Attributes): void };
  createObservableGauge(
    name: string,
    options: { description: string; unit: string },
  ): { addCallback(callback: (result: { observe(value: number, attributes?: Attributes): void }) => void): void };
}

/** What a verifier counts. */
export interface Metrics {
  verified(accepted: Accepted): void;
  refused(code: RefusalCode): void;
  cacheHit(): void;
}

/** Name of the meter. */
const NAME = "oidc-runner-runtime";

/**
 * Counters `oidc_runner.tokens.verified` (by `issuer`), `oidc_runner.tokens.refused` (by `code`), `oidc_runner.tokens.cache_hits`,
 * and the gauge `oidc_runner.keys.age` in seconds (by `issuer`). No claim of a token is an attribute, because metrics are read by
 * many and their values must be few.
 *
 * @param ages milliseconds since each issuer's keys were read
 */
export function metricsOf(meter: Meter | undefined, ages: () => [issuer: string, ms: number][]): Metrics {
  const used = meter ?? installedMeter();
  if (used === undefined) {
    return { verified() {}, refused() {}, cacheHit() {} };
  }
  const verified = used.createCounter("oidc_runner.tokens.verified", { description: "Tokens that were accepted" });
  const refused = used.createCounter("oidc_runner.tokens.refused", { description: "Tokens that were refused" });
  const hits = used.createCounter("oidc_runner.tokens.cache_hits", { description: "Accepted tokens seen before" });
  used
    .createObservableGauge("oidc_runner.keys.age", { description: "Time since an issuer's keys were read", unit: "s" })
    .addCallback((result) => {
      for (const [issuer, ms] of ages()) {
        result.observe(ms / 1000, { issuer });
      }
    });
  return {
    verified: ({ identity: { issuer } }) => verified.add(1, { issuer }),
    refused: (code) => refused.add(1, { code }),
    cacheHit: () => hits.add(1),
  };
}

/** OpenTelemetry's API where it is installed. */
function installedMeter(): Meter | undefined {
  try {
    const api = require("@opentelemetry/api") as typeof import("@opentelemetry/api");
    return api.metrics.getMeter(NAME);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") {
      return undefined;
    }
    throw error;
  }
}
