import assert from "node:assert/strict";
import { OidcRunnerError } from "../../../trust/errors";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { isDefaultDeny, isLeftBehind } from "../../../trust/policy/standing-deny";
import { label } from "../support/scramble";
import { type Failing, FUTURE, type Lane, type Operation, type Setting } from "./lane";
import { lanesOf, playAll } from "./lanes";

const FULL = process.env.OIDC_RUNNER_FULL !== undefined;
const SEED = Number(process.env.OIDC_RUNNER_SEED ?? 1);

/** What an operation may end with; what was sent before the answer that can't be read is not confirmed. */
const CODES = /^(PULUMI_CLOUD_ANSWER_INVALID|POLICY_WRITE_UNCERTAIN)$/;
const HIDDEN = /^(ISSUER_NOT_VISIBLE|PULUMI_CLOUD_404|POLICY_WRITE_UNCERTAIN)$/;

/** One answer that is another than today's, and with `always` all of them from then on. */
interface Case extends Failing {
  setting: Setting;
  operation: Operation;
}

/** Without the denies that stand in for an empty list. */
const labels = (definitions: readonly PolicyDefinition[]) =>
  definitions
    .filter((definition) => !isDefaultDeny(definition) && !isLeftBehind(definition))
    .map(label)
    .sort();

describe(`pulumi-cloud: answers of an API that has changed (seed ${SEED})`, () => {
  const lanes = lanesOf(8);

  async function cases(setting: Setting, operation: Operation): Promise<Case[]> {
    const clean = await (lanes[0] as Lane).begin(setting, operation);
    const requests = await clean.requestsOf(() => clean.run(operation));
    return requests.flatMap((request, index) =>
      Object.keys(FUTURE).flatMap((failure) =>
        [true, false].map((always) => {
          const nth = requests.slice(0, index + 1).filter((other) => other === request).length;
          return { setting, operation, request, nth, failure, always };
        }),
      ),
    );
  }

  /** Whether nothing is wrong with an answer: a deletion has none to change, and one issuer comes on no page. */
  const isMute = ({ request, failure }: Case) =>
    request.startsWith("DELETE")
      ? !["HTML", "404"].includes(failure)
      : failure === "a page" && /issuers/.test(request) && !/policies/.test(request);

  async function play(lane: Lane, one: Case): Promise<void> {
    const { setting, operation, failure } = one;
    const run = await lane.begin(setting, operation);
    const before = await run.look();
    let refusal: unknown;
    const hits = await run.failing(one, () =>
      run.run(operation).catch((error: unknown) => {
        refusal = error;
      }),
    );
    assert.ok(hits > 0, "the request was not made");
    if (failure === "more fields" || isMute(one)) {
      assert.equal(refusal, undefined);
    } else {
      assert.ok(refusal instanceof OidcRunnerError, String(refusal));
      assert.match(refusal.code, failure === "404" ? HIDDEN : CODES);
    }
    const between = await run.look();
    const there = labels(between.definitions);
    const [was, asked] = [labels(before.definitions), labels(run.expected(operation))];
    assert.ok(
      [was.join(), asked.join()].includes(there.join()),
      `${there.join()} is neither ${was.join()} nor ${asked.join()}`,
    );
    assert.ok(between.issuers <= 1, "an issuer is registered twice");
    if (operation === "destroy") {
      await run.refresh();
    }
    await run.run(operation);
    assert.deepEqual(labels((await run.look()).definitions), asked);
  }

  it("end with one coded error, or do no harm, and leave what was there or what is asked for [A9]", async () => {
    const all: Case[] = [];
    for (const setting of ["own", "shared"] as const) {
      for (const operation of ["create", "update", "destroy"] as const) {
        all.push(...(await cases(setting, operation)));
      }
    }
    const chosen = FULL ? all : all.filter((_, index) => index % 2 === (SEED + Math.floor(index / 2)) % 2);
    assert.deepEqual(await playAll(lanes, chosen, play), []);
  });
});
