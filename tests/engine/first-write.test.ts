import assert from "node:assert/strict";
import type { LabState } from "../../lab/types";
import type { PolicyDefinition } from "../../trust/policy/model";
import { leftBy, READINGS } from "../helpers/default-deny";
import { ok } from "./support/engine";
import { control, PulumiCloud } from "./support/http";
import { labOn } from "./support/lab";
import { ISSUER, organizationOn, Trust } from "./support/trust";

const labStarted = labOn("kubernetes");

// What was seen of the real service first; the other reading in full runs.
const readings = Object.entries(READINGS).slice(0, process.env.OIDC_RUNNER_FULL === undefined ? 1 : undefined);
for (const [reading, switches] of readings) {
  describe(`the first write to an issuer, with the real engine and ${reading} default deny [A0] [A5]`, () => {
    const name = reading.replace(/\W/g, "-");
    let state: LabState;
    let trust: Trust;
    let cloud: PulumiCloud;

    before(async () => {
      const lab = await labStarted();
      await control(lab, "POST", "/pulumi-cloud/switches", switches);
      state = await organizationOn(lab, `first-write-${name}`);
      trust = new Trust(state);
      cloud = new PulumiCloud(state);
    });
    after(() => control(state, "POST", "/pulumi-cloud/switches", READINGS.observed));

    const issuerId = async () => (await cloud.issuers()).find(({ url }) => url === ISSUER)?.id as string;
    const definitions = async (): Promise<PolicyDefinition[]> => cloud.definitions(await issuerId());

    it("works for the stack that registers it, a second one that adopts it, and one after the last went", async () => {
      const owner = await trust.stack(`first-write-${name}-owner`);
      owner.describe(trust.setup("owner", undefined));
      await ok(owner.up());
      assert.deepEqual(await definitions(), switches.defaultPolicy);

      const second = await trust.stack(`first-write-${name}-second`);
      second.describe(trust.setup("second", [trust.allow("second")], { adopt: true }));
      await ok(second.up());
      assert.deepEqual(await definitions(), [trust.allow("second")]);

      const third = await trust.stack(`first-write-${name}-third`);
      const adopting = trust.setup("third", undefined, { adopt: true });
      third.describe(adopting, trust.policy("policy", "third", [trust.allow("third")]));
      await ok(third.up());
      assert.deepEqual(await definitions(), [trust.allow("second"), trust.allow("third")]);

      await ok(second.destroy());
      assert.deepEqual(await definitions(), [trust.allow("third")]);
      await ok(third.destroy());
      assert.deepEqual(await definitions(), [leftBy(trust.allow("third"))]);

      await ok(second.up());
      assert.deepEqual(await definitions(), [trust.allow("second")]);
      await ok(second.destroy());
      await ok(owner.destroy());
      assert.deepEqual(await cloud.issuers(), []);
    });

    it("works in one stack, whose issuer goes with its policy", async () => {
      const stack = await trust.stack(`first-write-${name}-alone`);
      stack.describe(trust.setup("alone", [trust.allow("one"), trust.allow("two")]));
      await ok(stack.up());
      assert.deepEqual(await definitions(), [trust.allow("one"), trust.allow("two")]);
      await ok(stack.up(["--expect-no-changes"]));
      await ok(stack.destroy());
      assert.deepEqual(await cloud.issuers(), []);
    });
  });
}
