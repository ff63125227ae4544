import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { awsStandardRetry, entrypointRetry, type Fleet, simulate } from "../../../bench/fleet/simulate";
import { packageRoot } from "../../../tools/toolchain/package-root";

const ENTRYPOINT = join(packageRoot(), "provider", "workload", "entrypoint");

/** The waits of the entrypoint's own script, in milliseconds, whose time passes only while it waits. */
function scriptWaits(outcome: string): number[] {
  const script = `
    invalid() { exit 1; }
    brief_answer() { :; }
    say() { :; }
    . ${ENTRYPOINT}/retry.sh
    now=0
    ticks() { oidc_ticks=$now; }
    exchange() { oidc_outcome=${outcome}; oidc_retry_after=0; }
    pause() { now=$((now + $1 / 10)); echo "$1"; }
    exchange_with_retries || :`;
  return execFileSync("sh", ["-euc", script], { encoding: "utf8" }).trim().split("\n").map(Number);
}

/** The least and the most that may be waited before the second, third … try. */
const bounds = [1, 2, 4, 8, 16, 30, 30, 30, 30, 30].map((seconds) => [seconds * 500, seconds * 1500] as const);

describe("bench: a fleet's retries", () => {
  it("are those of the entrypoint's script, for a service that is busy", () => {
    for (const outcome of ["busy", "failing"]) {
      const waits = scriptWaits(outcome);
      waits.slice(0, bounds.length).forEach((wait, index) => {
        const [least, most] = bounds[index] as readonly [number, number];
        assert.ok(wait >= least && wait <= most, `${index}: ${wait} ms`);
      });
      const total = waits.reduce((sum, wait) => sum + wait);
      assert.ok(total <= 300_000 && total > 300_000 - 45_000, `${total} ms`);
    }
    const ours = (tries: number, random: number) => entrypointRetry(tries, 0, () => random);
    bounds.forEach(([least, most], index) => {
      assert.deepEqual([ours(index + 1, 0), ours(index + 1, 1)], [least, most]);
    });
    assert.equal(
      entrypointRetry(9, 290_000, () => 0),
      undefined,
    );
  });

  it("end sooner in the script where nothing answers", () => {
    const total = scriptWaits("unreachable").reduce((sum, wait) => sum + wait);
    assert.ok(total <= 45_000, `${total} ms`);
  });

  it("serve all of a fleet in time, where five tries lost half of it", () => {
    const service = { atOnce: 50, takesMs: 200 };
    const fleet = (retry: Fleet["retry"]): Fleet => ({ count: 10_000, begins: (random) => random * 1000, retry });
    const { served, gaveUp, slowestMs } = simulate(fleet(entrypointRetry), service);
    assert.deepEqual([served, gaveUp], [10_000, 0]);
    assert.ok(slowestMs < 120_000, `${slowestMs} ms`);
    const five: Fleet["retry"] = (tries, elapsed, random) =>
      tries < 5 ? entrypointRetry(tries, elapsed, random) : undefined;
    assert.ok(simulate(fleet(five), service).gaveUp > 4000);
  });

  it("count every request, and never serve more at once than the service can", () => {
    const { served, gaveUp, requests } = simulate(
      { count: 100, begins: () => 0, retry: awsStandardRetry(3) },
      { atOnce: 10, takesMs: 1_000_000 },
    );
    assert.deepEqual({ served, gaveUp, requests }, { served: 10, gaveUp: 90, requests: 10 + 90 * 3 });
  });
});
