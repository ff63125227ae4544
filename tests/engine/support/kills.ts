import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { EngineResult } from "../../../lab/engine/engine";
import type { LabState } from "../../../lab/types";
import { ok, resourcesOf } from "./engine";
import { PulumiCloud, requestsOf } from "./http";
import { together } from "./together";
import { untilNoTraces } from "./traces";
import { ISSUER, organizationOn, Trust, type TrustStack } from "./trust";

/** When the engine is killed: so long after its start, or after Pulumi Cloud answered so many requests. */
export interface Moment {
  requests?: number;
  afterMs: number;
}

/** What is killed, in turn. */
export const KINDS = ["create", "update", "destroy"] as const;

/** The shortest of the commands makes four requests; a kill after its end would show nothing. */
export const MOMENT: fc.Arbitrary<Moment> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ requests: fc.integer({ min: 1, max: 4 }), afterMs: fc.nat({ max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ afterMs: fc.integer({ min: 500, max: 6000 }) }) },
);

/** A mark of this test run's processes: another run on the same machine has others. */
export const testedBy = (organization: string) => `${organization}-${process.pid}`;
/** The same as it stands in a process's environment. */
export const markOf = (organization: string) => `OIDC_RUNNER_TESTED=${testedBy(organization)}\0`;

/** Makes a stack in the organization of a lab's state. */
export type MakeStack = (state: LabState, name: string, env: Record<string, string>) => Promise<TrustStack>;

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
async function survives(
  makeStack: MakeStack,
  lab: LabState,
  kind: (typeof KINDS)[number],
  index: number,
  moment: Moment,
): Promise<void> {
  const organization = `${makeStack.name}-killed-${index}`.toLowerCase();
  const state = await organizationOn(lab, organization);
  const trust = new Trust(state);
  const cloud = new PulumiCloud(state);
  const stack = await makeStack(state, organization, {
    OIDC_RUNNER_TESTED: testedBy(organization),
    // A state file is torn when the CLI is killed while it writes it.
    PULUMI_BACKEND_URL: state.pulumiCloud.url,
    // The CLI logs in with the token that was stored last, of whichever organization (pkg/backend/httpstate/backend.go, New).
    PULUMI_CREDENTIALS_PATH: join(state.directory, "credentials", organization),
  });
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

/** Stacks that are created, updated and destroyed, each killed at one of the moments. */
export async function surviveAll(makeStack: MakeStack, lab: LabState, moments: readonly Moment[]): Promise<void> {
  for (let index = 0; index < moments.length; index += KINDS.length) {
    const runs = KINDS.map((kind, offset) => ({ kind, index: index + offset, moment: moments[index + offset]! }));
    await together(
      runs.map((run) => [`${run.kind} killed at ${JSON.stringify(run.moment)}`, run]),
      ({ kind, index, moment }) => survives(makeStack, lab, kind, index, moment),
    );
  }
}
