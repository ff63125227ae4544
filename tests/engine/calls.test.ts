import assert from "node:assert/strict";
import type { LabState } from "../../lab/types";
import { ok } from "./support/engine";
import { requestsOf } from "./support/http";
import { makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { plainArgs } from "./support/runner";
import { organizationOn, Trust, type TrustStack } from "./support/trust";

const labStarted = labOn("kubernetes");

/** A read, a write and two reads. A read that took a busy machine longer than a second is stale, and done again. */
const ONE_WRITE = /^GET (GET )*PATCH GET GET$/;

/**
 * Most calls for thirty policies; each on its own would cost 120. 14 are enough when all come in time, which is shown without a
 * clock (gathering.test.ts). With the real engine it is the engine that decides how many come together: each Job holds one of its
 * slots until its pod has ended, so a slower machine makes more and smaller batches (14 to 22 calls were seen).
 */
const MOST_CALLS = 32;
/** Additions are answered before they are confirmed, so that pods hold all slots and policies come one by one: a call or two each. */
const MOST_CALLS_WITH_PODS = 60;

const THIRTY = Array.from({ length: 30 }, (_, index) => `runner-${index}`);

describe("calls to Pulumi Cloud, with the real engine", () => {
  let trust: Trust;
  let stack: TrustStack;
  let thirty: Promise<{ up: string; refresh: string; preview: string }>;

  /** What an operation asks of Pulumi Cloud: methods of the calls about policies, and all others. */
  async function callsOf(
    update: TrustStack,
    { state } = trust,
    operation: "up" | "refresh" | "preview" = "up",
  ): Promise<{ policies: string; others: string[] }> {
    const before = (await requestsOf(state)).length;
    await ok(update[operation]());
    const requests = (await requestsOf(state)).slice(before);
    const isPolicy = (request: string) => / auth\/policies\//.test(request);
    const policies = requests.filter(isPolicy).map((request) => request.split(" ")[0]);
    return { policies: policies.join(" "), others: requests.filter((request) => !isPolicy(request)) };
  }

  before(async () => {
    const lab = await labStarted();
    // Beside the rest: it mostly waits.
    thirty = thirtyPolicies(lab);
    thirty.catch(() => undefined);
    trust = new Trust(await organizationOn(lab, "calls"));
    stack = await trust.stack("calls");
  });

  async function thirtyPolicies(lab: LabState) {
    const one = new Trust(await organizationOn(lab, "calls-thirty"));
    const update = await one.stack("calls-thirty");
    const policies = THIRTY.map((name) => one.policy(name, "trust", [one.allow(name)]));
    update.describe(one.setup("trust", undefined), ...policies);
    const calls = async (operation: "up" | "refresh" | "preview") => (await callsOf(update, one, operation)).policies;
    return { up: await calls("up"), refresh: await calls("refresh"), preview: await calls("preview") };
  }

  const setup = () =>
    trust.setup(
      "trust",
      THIRTY.map((name) => trust.allow(name)),
    );

  it("30 definitions of one OidcTrustSetup cost a read, a write and two reads", async () => {
    stack.describe(setup());
    const { policies, others } = await callsOf(stack);
    assert.match(policies, ONE_WRITE);
    // The list: before the registration it tells whether the issuer is there already.
    assert.deepEqual(others, ["GET oidc/issuers", "POST oidc/issuers"]);
  });

  it("one definition costs the same", async () => {
    stack.describe(setup(), trust.policy("one", "trust", [trust.allow("one")]));
    const { policies, others } = await callsOf(stack);
    assert.match(policies, ONE_WRITE);
    assert.deepEqual(others, []);
  });

  it("an unchanged update costs none", async () => {
    assert.deepEqual(await callsOf(stack), { policies: "", others: [] });
  });

  it(`30 OidcPolicy at the engine's own parallelism cost at most ${MOST_CALLS}`, async () => {
    const { up } = await thirty;
    assert.ok(/^GET (GET )*PATCH GET /.test(up) && up.split(" ").length <= MOST_CALLS, up);
  });

  it("a refresh of 30 OidcPolicy costs one read, and a preview none", async () => {
    const { refresh, preview } = await thirty;
    assert.deepEqual({ refresh, preview }, { refresh: "GET", preview: "" });
  });

  // Thirty pods take a minute.
  if (process.env.OIDC_RUNNER_FULL !== undefined) {
    it(`30 runners with a policy each and their pods cost at most ${MOST_CALLS_WITH_PODS}`, async () => {
      const lab = await labStarted();
      const many = new Trust(await organizationOn(lab, "calls-runners"));
      const update = await many.stack("calls-runners");
      await makeNamespace(lab, "calls");
      const { organization, cluster, caCertificates } = plainArgs(many.state, "calls");
      const args = { organization, cluster, caCertificates, accessToken: { organization: {} }, namespace: "calls" };
      update.describe(...THIRTY.map((name) => ({ kind: "KubernetesOidcRunner" as const, name, args })));
      const { policies } = await callsOf(update, many);
      assert.ok(/^GET (GET )*PATCH GET /.test(policies), policies);
      assert.ok(policies.split(" ").length <= MOST_CALLS_WITH_PODS, policies);
      await ok(update.destroy());
    });
  }
});
