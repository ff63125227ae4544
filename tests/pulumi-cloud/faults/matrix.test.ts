import assert from "node:assert/strict";
import { isLeftBehind } from "../../../trust/policy/standing-deny";
import { DEFAULT_DENY } from "../../helpers/default-deny";
import { label } from "../support/scramble";
import { FAILURES, type Failing, type Lane, type Operation, type Setting, THEIRS } from "./lane";
import { lanesOf, playAll } from "./lanes";

const FULL = process.env.OIDC_RUNNER_FULL !== undefined;
const LANES = 8;
const SEED = Number(process.env.OIDC_RUNNER_SEED ?? 1);

/** One request that fails in one way, and what the user does next. */
interface Case extends Failing {
  setting: Setting;
  operation: Operation;
  next: Operation;
}

describe(`pulumi-cloud: every request of create, update and delete fails (seed ${SEED})`, () => {
  const lanes = lanesOf(LANES);

  /** The requests that the operation makes when nothing fails. */
  async function requestsOf(lane: Lane, setting: Setting, operation: Operation): Promise<string[]> {
    // A policy costs four, an issuer one, and two more to look at it and its policy before it is deleted.
    const expected = setting === "shared" ? 4 : operation === "destroy" ? 7 : 5;
    const clean = await lane.begin(setting, operation);
    const requests = await clean.requestsOf(() => clean.run(operation));
    assert.equal(requests.length, expected, requests.join("\n"));
    return requests;
  }

  async function cases(lane: Lane, setting: Setting, operation: Operation): Promise<Case[]> {
    const requests = await requestsOf(lane, setting, operation);
    const sequels: Operation[] = [operation === "create" ? "create" : "update", "destroy"];
    return requests.flatMap((request, index) =>
      Object.keys(FAILURES).flatMap((failure) =>
        [false, true].flatMap((always) =>
          sequels.map((next) => {
            const nth = requests.slice(0, index + 1).filter((other) => other === request).length;
            return { setting, operation, request, nth, failure, always, next };
          }),
        ),
      ),
    );
  }

  async function play(lane: Lane, one: Case): Promise<boolean> {
    const { setting, operation, next } = one;
    const run = await lane.begin(setting, operation);
    const before = run.expected(operation === "create" ? "destroy" : operation === "update" ? "create" : "update");
    let failed = false;
    const hits = await run.failing(one, () =>
      run.run(operation).catch(() => {
        failed = true;
      }),
    );
    assert.ok(hits > 0, "the request was not made");
    const between = await run.look();
    const known = [...before, ...run.expected(operation), DEFAULT_DENY].map(label);
    assert.ok(between.issuers <= 1, "an issuer is registered twice");
    assert.deepEqual(
      new Set(between.definitions.map(label)).size,
      between.definitions.length,
      "a definition is doubled",
    );
    assert.ok(between.definitions.every((one) => known.includes(label(one)) || isLeftBehind(one)));
    assert.deepEqual(
      between.definitions.slice(0, setting === "shared" ? THEIRS.length : 0),
      setting === "shared" ? THEIRS : [],
    );

    if (operation === "destroy" && next !== "destroy") {
      // State still has what may be gone; the errors of a destroy say to refresh.
      await run.refresh();
    }
    await run.run(next);
    const { issuers, definitions } = await run.look();
    assert.equal(issuers, setting === "own" && next === "destroy" ? 0 : 1, "issuers");
    assert.deepEqual(definitions.map(label).sort(), run.expected(next).map(label).sort());
    if (setting === "shared") {
      assert.deepEqual(definitions.slice(0, THEIRS.length), THEIRS);
    }
    assert.deepEqual(await run.requestsOf(() => run.run(next)), [], "one more changes nothing");
    return failed;
  }

  it("and the next up or destroy ends with what is asked for", async () => {
    const all: Case[] = [];
    for (const setting of ["own", "shared"] as const) {
      for (const operation of ["create", "update", "destroy"] as const) {
        all.push(...(await cases(lanes[0] as Lane, setting, operation)));
      }
    }
    // In a short run each request fails in each way, with one of the four sequels.
    const chosen = FULL ? all : all.filter((_, index) => index % 4 === (SEED + Math.floor(index / 4)) % 4);
    let refused = 0;
    const failures = await playAll(lanes, chosen, async (lane, one) => {
      refused += (await play(lane, one)) ? 1 : 0;
    });
    assert.deepEqual(failures, []);
    assert.ok(refused > 0 && refused < chosen.length, `${refused} of ${chosen.length} operations failed`);
  });
});
