import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabState } from "../../lab/types";
import { ok } from "./support/engine";
import { control, PulumiCloud } from "./support/http";
import { labOn } from "./support/lab";
import { organizationOn, Trust } from "./support/trust";

const labStarted = labOn("kubernetes");

/** So short that a write which met another is confirmed within the 5 seconds that the engine waits. */
const WINDOW = { OIDC_RUNNER_QUIET_WINDOW_MS: "1000" };

describe("allows that an update wrote last, with the real engine", () => {
  let state: LabState;
  let trust: Trust;
  let cloud: PulumiCloud;

  before(async () => {
    state = await organizationOn(await labStarted(), "last-writes");
    trust = new Trust(state);
    cloud = new PulumiCloud(state);
  });

  const subjects = async () => {
    const [issuer] = await cloud.issuers();
    return issuer === undefined ? [] : (await cloud.definitions(issuer.id)).map(({ rules }) => rules.sub);
  };
  const ours = () => trust.allow("ours").rules.sub;

  it("are answered at once, and put back in the time that the engine gives its providers at the end", async () => {
    const stack = await trust.stack("last-writes-lost", WINDOW);
    stack.describe(trust.setup("ours", [trust.allow("ours")]));
    const lost = async () => {
      while (!(await subjects()).includes(ours())) await sleep(20);
      const [issuer] = await cloud.issuers();
      await sleep(100);
      await cloud.change(issuer?.id as string, () => [trust.allow("theirs")]);
    };
    const [output] = await Promise.all([ok(stack.up()), lost()]);
    assert.match(output, /OidcPolicy ours created \(0\.\d+s\)/);
    assert.doesNotMatch(output, /POLICY_WRITE_UNCERTAIN/);
    assert.deepEqual((await subjects()).sort(), [ours(), trust.allow("theirs").rules.sub].sort());
    await ok(stack.refresh(["--expect-no-changes"]));
    const [issuer] = await cloud.issuers();
    await cloud.change(issuer?.id as string, () => [trust.allow("ours")]);
    await ok(stack.destroy());
  });

  it("are told of when that can't be confirmed, and nobody is kept waiting", async () => {
    const stack = await trust.stack("last-writes-slow", WINDOW);
    stack.describe(trust.setup("ours", [trust.allow("ours"), trust.allow("more")]));
    const slow = async () => {
      while (!(await subjects()).includes(trust.allow("more").rules.sub)) await sleep(20);
      await sleep(100);
      const fault = { method: "GET", path: "/api/orgs/last-writes/auth/policies/*", kind: "delay", delayMs: 8000 };
      await control(state, "POST", "/pulumi-cloud/faults", fault);
    };
    const [output] = await Promise.all([ok(stack.up()), slow()]);
    assert.match(output, /POLICY_WRITE_UNCERTAIN: an allow was written, and the update ended before/);
    await ok(stack.destroy());
  });
});
