import assert from "node:assert/strict";
import { CloudApiError, retryAfter } from "../../../pulumi-cloud/api/errors";
import { MAXIMUM_ATTEMPTS, pauseAfter, withRetry } from "../../../pulumi-cloud/api/retry";
import { OidcRunnerError } from "../../../trust/errors";

/** Runs a request that fails so often, and notes the pauses. */
async function attempt(failures: number, error: unknown) {
  const pauses: number[] = [];
  let calls = 0;
  const timing = { now: () => 0, random: () => 0.5, sleep: async (ms: number) => void pauses.push(ms) };
  const request = async () => {
    calls += 1;
    if (calls <= failures) {
      throw error;
    }
    return "answer";
  };
  const result = await withRetry(request, timing).catch((thrown: unknown) => thrown);
  return { result, calls, pauses };
}

const unreachable = new OidcRunnerError("PULUMI_CLOUD_UNREACHABLE", "reset");

describe("pulumi-cloud/api/retry", () => {
  for (const [what, error] of [
    ["429", new CloudApiError(429, "GET", "")],
    ["500", new CloudApiError(500, "GET", "")],
    ["503", new CloudApiError(503, "GET", "")],
    ["a broken connection", unreachable],
  ] as const) {
    it(`sends again after ${what}, with growing random pauses`, async () => {
      assert.deepEqual(await attempt(3, error), { result: "answer", calls: 4, pauses: [250, 500, 1000] });
    });
  }

  it("gives up in the end, with the last error", async () => {
    const { result, calls } = await attempt(99, unreachable);
    assert.equal(result, unreachable);
    assert.equal(calls, MAXIMUM_ATTEMPTS);
  });

  it("ends with the last error when its pause is cancelled", async () => {
    const sleep = () => Promise.reject(new OidcRunnerError("CANCELLED", "the update was cancelled"));
    const timing = { now: () => 0, random: () => 0.5, sleep };
    await assert.rejects(
      withRetry(() => Promise.reject(unreachable), timing),
      unreachable,
    );
  });

  for (const status of [400, 401, 403, 404, 409]) {
    it(`takes ${status} for final`, async () => {
      assert.equal((await attempt(1, new CloudApiError(status, "GET", ""))).calls, 1);
    });
  }

  it("takes a defect for final", async () => {
    assert.equal((await attempt(1, new TypeError("x"))).calls, 1);
  });

  it("waits as long as the service asks, but not for ever", async () => {
    assert.deepEqual((await attempt(1, new CloudApiError(429, "GET", "", 7000))).pauses, [7000]);
    assert.equal((await attempt(1, new CloudApiError(429, "GET", "", 31_000))).calls, 1);
  });

  it("tells a caller that repeats by itself how long to wait, and when not to", () => {
    const timing = { now: () => 0, random: () => 0.5, sleep: async () => undefined };
    assert.equal(pauseAfter(new CloudApiError(429, "PATCH", "", 0), 3, timing), 0);
    assert.equal(pauseAfter(unreachable, 3, timing), 1000);
    assert.equal(pauseAfter(new CloudApiError(403, "PATCH", "", 0), 1, timing), undefined);
  });

  it("reads Retry-After as seconds and as a date", () => {
    assert.equal(retryAfter("120"), 120_000);
    assert.equal(retryAfter("Sat, 21 Nov 2026 08:00:10 GMT", Date.parse("2026-11-21T08:00:00Z")), 10_000);
    assert.equal(retryAfter("Sat, 21 Nov 2026 07:00:00 GMT", Date.parse("2026-11-21T08:00:00Z")), 0);
    assert.equal(retryAfter("soon"), undefined);
    assert.equal(retryAfter(null), undefined);
  });
});
