import assert from "node:assert/strict";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { EngineResult } from "../../lab/engine/engine";
import type { Fault } from "../../lab/http/faults";
import type { LabState } from "../../lab/types";
import { ok, resourcesOf } from "./support/engine";
import { control, PulumiCloud, requestsOf } from "./support/http";
import { labOn } from "./support/lab";
import { together } from "./support/together";
import { tracesOf, untilNoTraces } from "./support/traces";
import { ISSUER, organizationOn, Trust, type TrustStack } from "./support/trust";

const labStarted = labOn("kubernetes");

/** When the engine is killed: so long after its start, or after Pulumi Cloud answered so many requests. */
interface Moment {
  requests?: number;
  afterMs: number;
}

/** When the answer comes that a provider waits for while its engine is killed: long after the end of both, in milliseconds. */
const LATE_MS = 10_000;

const KINDS = ["create", "update", "destroy"] as const;

/** The shortest of the commands makes four requests; a kill after its end would show nothing. */
const MOMENT: fc.Arbitrary<Moment> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ requests: fc.integer({ min: 1, max: 4 }), afterMs: fc.nat({ max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ afterMs: fc.integer({ min: 500, max: 6000 }) }) },
);

const { OIDC_RUNNER_FULL, OIDC_RUNNER_SEED } = process.env;
const moments = fc.sample(MOMENT, {
  numRuns: OIDC_RUNNER_FULL ? 21 : 3,
  ...(OIDC_RUNNER_SEED && { seed: Number(OIDC_RUNNER_SEED) }),
});

/** A mark of this test run's processes: another run on the same machine has others. */
const testedBy = (organization: string) => `${organization}-${process.pid}`;
const markOf = (organization: string) => `OIDC_RUNNER_TESTED=${testedBy(organization)}\0`;

/** Waits until something is so. */
async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) {
    await sleep(20);
  }
}

/** Runs a command of a stack and kills its engine at a moment, unless it ends before. */
async function killed(
  state: LabState,
  stack: TrustStack,
  { requests, afterMs }: Moment,
  run: (stack: TrustStack) => Promise<EngineResult>,
): Promise<void> {
  const abort = new AbortController();
  const before = (await requestsOf(state)).length;
  const running = run(stack.until(abort.signal));
  let ended = false;
  const end = running.finally(() => {
    ended = true;
  });
  while (requests !== undefined && !ended && (await requestsOf(state)).length < before + requests) {
    await sleep(25);
  }
  await Promise.race([end, sleep(afterMs)]);
  abort.abort();
  await end;
}

/** One stack, killed once; afterwards everything must be as if it had not been. */
async function survives(lab: LabState, kind: (typeof KINDS)[number], index: number, moment: Moment): Promise<void> {
  const organization = `killed-${index}`;
  const state = await organizationOn(lab, organization);
  const trust = new Trust(state);
  const cloud = new PulumiCloud(state);
  const stack = await trust.stack(organization, { OIDC_RUNNER_TESTED: testedBy(organization) });
  const describe = (generation: string, taking = false) => {
    const [one, two, three] = ["one", "two", "three"].map((name) => trust.allow(`${generation}-${name}`));
    stack.describe(
      trust.setup("trust", [one!, two!], { adoptPolicies: taking }),
      trust.policy("more", "trust", [three!], { adopt: taking }),
    );
    return [one!, two!, three!];
  };
  let wanted = describe("first");
  if (kind !== "create") {
    await ok(stack.up());
  }
  if (kind === "update") {
    wanted = describe("second");
  }
  await killed(state, stack, moment, (stack) => (kind === "destroy" ? stack.destroy() : stack.up()));
  await untilNoTraces(markOf(organization));

  await stack.recover();
  if (kind !== "destroy") {
    const { code, output } = await stack.up();
    if (code !== 0) {
      // What the killed engine wrote is in no state; the error says how to take it over.
      assert.match(output, /POLICY_NOT_UNIQUE: .*interrupted update of this stack.*adoptPolicies: true for one update/);
      describe(kind === "create" ? "first" : "second", true);
      await ok(stack.up());
      describe(kind === "create" ? "first" : "second");
      await ok(stack.up());
    }
    const [issuer, ...others] = await cloud.issuers();
    assert.deepEqual([issuer?.url, others], [ISSUER, []]);
    const subjects = (await cloud.definitions(issuer?.id as string)).map(({ rules }) => rules.sub);
    assert.deepEqual(subjects.sort(), wanted.map(({ rules }) => rules.sub).sort());
    assert.equal((await resourcesOf(stack)).length, 4);
  }
  if (kind !== "update") {
    await ok(stack.destroy());
    assert.deepEqual(await cloud.issuers(), []);
  }
  await untilNoTraces(markOf(organization));
}

describe("an engine that is killed", function () {
  // Against hangs only.
  this.timeout(moments.length * 200_000);

  it(`loses nothing and leaves nothing, at ${moments.length} moments`, async () => {
    const lab = await labStarted();
    for (let index = 0; index < moments.length; index += KINDS.length) {
      const runs = KINDS.map((kind, offset) => ({ kind, index: index + offset, moment: moments[index + offset]! }));
      await together(
        runs.map((run) => [`${run.kind} killed at ${JSON.stringify(run.moment)}`, run]),
        ({ kind, index, moment }) => survives(lab, kind, index, moment),
      );
    }
  });
});

describe("a provider whose engine is killed", function () {
  this.timeout(300_000);

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
    assert.deepEqual(requests, ["POST oidc/issuers", "GET auth/policies/oidcissuers/ID"]);
  });
});
