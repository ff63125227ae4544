import assert from "node:assert/strict";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { Fault } from "../../lab/http/faults";
import { control, requestsOf } from "./support/http";
import { type MakeStack, MOMENT, markOf, surviveAll, testedBy } from "./support/kills";
import { labOn } from "./support/lab";
import { tracesOf, untilNoTraces } from "./support/traces";
import { organizationOn, Trust } from "./support/trust";

const labStarted = labOn("kubernetes");

/** When the answer comes that a provider waits for while its engine is killed: long after the end of both, in milliseconds. */
const LATE_MS = 10_000;

const { OIDC_RUNNER_FULL, OIDC_RUNNER_SEED } = process.env;
const moments = fc.sample(MOMENT, {
  numRuns: OIDC_RUNNER_FULL ? 21 : 3,
  ...(OIDC_RUNNER_SEED && { seed: Number(OIDC_RUNNER_SEED) }),
});

/** Waits until something is so. */
async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) {
    await sleep(20);
  }
}

describe("an engine that is killed", function () {
  // Against hangs only.
  this.timeout(moments.length * 200_000);

  it(`loses nothing and leaves nothing, at ${moments.length} moments`, async () => {
    const stack: MakeStack = (state, name, env) => new Trust(state).stack(name, env);
    await surviveAll(stack, await labStarted(), moments);
  });
});

describe("a provider whose engine is killed", () => {
  // The launcher that the official CLI brings along: a shell stands between the engine and the provider.
  it("writes no more and ends, also below the SDK's own launcher", async () => {
    const state = await organizationOn(await labStarted(), "orphaned");
    const launcher = dirname(require.resolve("@pulumi/pulumi/package.json"));
    const trust = new Trust(state);
    const mark = { OIDC_RUNNER_TESTED: testedBy("orphaned") };
    const stack = await trust.stack("orphaned", { ...mark, PATH: `${launcher}:${process.env.PATH}` });
    stack.describe(trust.setup("trust", [trust.allow("one")]));
    const read = { method: "GET", path: "/api/orgs/orphaned/auth/policies/*", kind: "delay", delayMs: LATE_MS };
    const { body: fault } = await control<Fault>(state, "POST", "/pulumi-cloud/faults", read);
    const abort = new AbortController();
    const running = stack.until(abort.signal).up();
    await until(async () => {
      const { body } = await control<{ faults: Fault[] }>(state, "GET", "/pulumi-cloud/faults");
      return body.faults.some(({ id, hits }) => id === fault.id && hits > 0);
    });
    const traces = tracesOf(markOf("orphaned")).join("\n");
    assert.match(traces, /sh \S+pulumi-resource-pulumi-nodejs/, "the engine took another launcher");
    assert.match(traces, /cmd\/dynamic-provider/);
    abort.abort();
    await running;
    await untilNoTraces(markOf("orphaned"));
    // The read that the provider waited for is answered now. A provider that is left over would write.
    await until(async () => (await requestsOf(state)).some((request) => request.startsWith("GET auth/policies/")));
    await sleep(500);
    const requests = (await requestsOf(state)).map((request) => request.replace(/[0-9a-f-]{36}$/, "ID"));
    assert.deepEqual(requests, ["GET oidc/issuers", "POST oidc/issuers", "GET auth/policies/oidcissuers/ID"]);
  });
});
