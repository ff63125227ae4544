import assert from "node:assert/strict";
import type { LabState } from "../../lab/types";
import { fails, ok } from "./support/engine";
import { PulumiCloud } from "./support/http";
import { KubernetesView, makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { together } from "./support/together";
import { organizationOn, Trust, type TrustStack } from "./support/trust";

const labStarted = labOn("kubernetes");
// For an issuer of its own, which the stacks do not share.
labOn("eks");

/**
 * The stacks: `trust` registers a cluster's issuer, `runner` has a runner on it, `third` adopts it for one more policy, and
 * `slash` adopts another cluster's issuer, which a person registered as Pulumi's guides say: with a final slash.
 */
const STACKS = ["trust", "runner", "third", "slash"] as const;
type Name = (typeof STACKS)[number];

/** How many orders are played at once. */
const AT_ONCE = 4;

const ORDERS: Name[][] = process.env.OIDC_RUNNER_FULL
  ? permutations([...STACKS])
  : [
      ["trust", "slash", "runner", "third"],
      ["third", "runner", "slash", "trust"],
    ];

function permutations<T>(items: readonly T[]): T[][] {
  return items.length === 0
    ? [[]]
    : items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

describe("an issuer that several stacks share, with the real engine", function () {
  // Against hangs only.
  this.timeout(ORDERS.length * 400_000);
  let lab: LabState;
  let kubernetes: KubernetesView;

  before(async () => {
    lab = await labStarted();
    kubernetes = new KubernetesView(lab);
  });
  after(() => kubernetes?.close());

  /** The stacks of an organization of their own, all of them up. */
  async function stacksUp(organization: string, job: boolean) {
    const state = await organizationOn(lab, organization);
    await makeNamespace(state, organization);
    const trust = new Trust(state);
    const cloud = new PulumiCloud(state);
    const [shared, other] = state.clusters.map(({ issuer }) => issuer) as [string, string];
    const byHand = await cloud.register("by hand", `${other}/`);
    const custom = { custom: { issuerUrl: shared } };
    const adopted = { ...custom, adopt: true };
    const runner = {
      cluster: { issuerUrl: shared },
      ...{ namespace: organization, accessToken: { organization: {} } },
      // One that runs shows that the trust holds; the others are quicker without a pod.
      ...(job ? { script: "pulumi whoami" } : { cronJob: { schedule: "0 0 1 1 *" }, script: "true" }),
    };
    const programs = {
      trust: [trust.setup("trust", undefined, custom)],
      runner: [trust.setup("trust", undefined, adopted), trust.runner("tested", { ...runner, trust: { of: "trust" } })],
      third: [trust.setup("trust", [trust.allow("third")], adopted)],
      slash: [trust.setup("trust", [trust.allow("slash")], { custom: { issuerUrl: other }, adopt: true })],
    };
    const stacks = {} as Record<Name, TrustStack>;
    for (const name of STACKS) {
      stacks[name] = await trust.stack(`${organization}-${name}`);
      stacks[name].describe(...programs[name]);
    }
    await ok(stacks.trust.up());
    for (const name of ["runner", "third", "slash"] as const) {
      await ok(stacks[name].up());
    }
    return { cloud, stacks, shared, byHand };
  }

  async function survives(order: readonly Name[], index: number): Promise<void> {
    const organization = `shared-${index}`;
    const { cloud, stacks, shared, byHand } = await stacksUp(organization, index === 0);
    const allowed = async (issuerId: string) =>
      (await cloud.definitions(issuerId))
        .filter(({ decision }) => decision === "allow")
        .map(({ rules }) => rules.sub?.split(":").pop())
        .sort();
    const issuers = async () => (await cloud.issuers()).map(({ id, url }) => [id, url]);
    const [own] = (await cloud.issuers()).filter(({ url }) => url === shared);
    const sharedId = own?.id as string;
    assert.deepEqual(await allowed(sharedId), ["tested", "third"]);
    assert.deepEqual(await allowed(byHand), ["slash"]);
    if (index === 0) {
      assert.equal((await kubernetes.job(organization)).job.status?.succeeded, 1);
    }

    const left = new Set<Name>(STACKS);
    for (const name of order) {
      const inUse = name === "trust" && (left.has("runner") || left.has("third"));
      if (inUse) {
        assert.match(
          await fails(stacks.trust.destroy()),
          /error: ISSUER_IN_USE: .+ Fix: destroy the stacks that wrote them/,
        );
      } else {
        await ok(stacks[name].destroy());
        left.delete(name);
      }
      const subjects = [...(left.has("runner") ? ["tested"] : []), ...(left.has("third") ? ["third"] : [])];
      if (left.has("trust")) {
        assert.deepEqual(await allowed(sharedId), subjects);
      }
      assert.deepEqual(await allowed(byHand), left.has("slash") ? ["slash"] : []);
    }
    if (left.has("trust")) {
      await ok(stacks.trust.destroy());
    }
    const [[, url] = []] = await issuers();
    assert.deepEqual([await issuers(), url?.endsWith("/")], [[[byHand, url]], true]);
  }

  it(`goes with its owner, after ${ORDERS.length} orders in which they are destroyed, and one made by hand stays`, async () => {
    for (let index = 0; index < ORDERS.length; index += AT_ONCE) {
      await together(
        ORDERS.slice(index, index + AT_ONCE).map((order, offset) => [
          order.join(" "),
          { order, index: index + offset },
        ]),
        ({ order, index: number }) => survives(order, number),
      );
    }
  });
});
