import assert from "node:assert/strict";
import type { PolicyDefinition } from "../../provider/trust/policy";
import { assertOneDiagnostic, fails, ok } from "./support/engine";
import { PulumiCloud, requestsOf } from "./support/http";
import { labOn } from "./support/lab";
import { type Described, organizationOn, Trust, type TrustStack } from "./support/trust";

/** One organization, its issuer and what is on it. */
class Scene {
  private constructor(
    readonly trust: Trust,
    readonly cloud: PulumiCloud,
  ) {}

  static async in(organization: string): Promise<Scene> {
    const state = await organizationOn(await labOn("kubernetes"), organization);
    return new Scene(new Trust(state), new PulumiCloud(state));
  }

  /** The issuers' ids, and the subjects of the first one's definitions in their order. */
  async seen(): Promise<{ issuers: string[]; subjects: (string | undefined)[] }> {
    const issuers = (await this.cloud.issuers()).map(({ id }) => id);
    const definitions = issuers[0] === undefined ? [] : await this.cloud.definitions(issuers[0]);
    return { issuers, subjects: definitions.map(({ rules }) => rules.sub?.split(":").pop()) };
  }

  /** Requests that a command of the CLI made besides reading. */
  async writesOf(run: () => Promise<unknown>): Promise<string[]> {
    const before = (await requestsOf(this.trust.state)).length;
    await run();
    return (await requestsOf(this.trust.state)).slice(before).filter((request) => !request.startsWith("GET "));
  }
}

// Each step of a stack's life begins where the one before ended.
describe("a trust that gets another name or place, with the real engine", function () {
  this.timeout(120_000);
  let scene: Scene;
  let stack: TrustStack;
  let original: Awaited<ReturnType<Scene["seen"]>>;

  /** The program: a trust and a policy on it, whatever they are called and wherever they stand. */
  function program(name: string, more: Partial<Described> = {}, args: object = {}): Described[] {
    const { trust } = scene;
    return [
      { kind: "Group", name: "group" },
      { ...trust.setup(`${name}-trust`, undefined, args), ...more },
      {
        ...trust.policy(`${name}-policy`, `${name}-trust`, [trust.allow("ours")], {
          replaceDefaultDeny: true,
          ...args,
        }),
        ...more,
      },
    ];
  }

  before(async () => {
    scene = await Scene.in("renames");
    stack = await scene.trust.stack("renames");
    stack.describe(...program("first"));
    await ok(stack.up());
    const [issuer = ""] = (await scene.seen()).issuers;
    const foreign: PolicyDefinition = { ...scene.trust.allow("foreign"), tokenType: "team", teamName: "web" };
    await scene.cloud.change(issuer, (current) => [foreign, ...current]);
    original = await scene.seen();
    assert.deepEqual(original.subjects, ["foreign", "ours"]);
  });

  it("changes nothing but the issuer's label when it is renamed with an alias", async () => {
    const [group, trust, policy] = program("second") as [Described, Described, Described];
    stack.describe(
      group,
      { ...trust, aliases: [{ name: "first-trust" }] },
      { ...policy, aliases: [{ name: "first-policy" }] },
    );
    const writes = await scene.writesOf(() => ok(stack.up()));
    assert.deepEqual(writes, [`PATCH oidc/issuers/${original.issuers[0]}`]);
    assert.match((await scene.cloud.issuers())[0]?.name ?? "", /^second-trust-/);
    assert.deepEqual(await scene.seen(), original);
  });

  it("changes nothing when it is moved below a component with an alias", async () => {
    stack.describe(...program("second", { parent: "group", aliases: [{ noParent: true }] }));
    assert.deepEqual(await scene.writesOf(() => ok(stack.up(["--expect-no-changes"]))), []);
    assert.deepEqual(await scene.seen(), original);
  });

  for (const [change, name, more] of [
    ["renamed", "third", { parent: "group" }],
    ["moved", "third", {}],
  ] as const) {
    it(`is told what to do when it is ${change} without an alias, and nothing has changed`, async () => {
      stack.describe(...program(name, more));
      const writes = await scene.writesOf(async () => {
        const output = await fails(stack.up());
        assertOneDiagnostic(output, "ISSUER_EXISTS");
        assert.match(output, /aliases/);
      });
      // The registration that was refused with 409, which says that nothing was made.
      assert.deepEqual(writes, ["POST oidc/issuers"]);
      assert.deepEqual(await scene.seen(), original);
    });

    it(`keeps the issuer and its definitions, once, when it is ${change} so with adopt`, async () => {
      stack.describe(...program(name, more, { adopt: true }));
      await ok(stack.up());
      assert.deepEqual(await scene.seen(), original);
      await ok(stack.up(["--expect-no-changes"]));
    });
  }

  it("lets go of its own definitions alone in the end", async () => {
    await ok(stack.destroy());
    assert.deepEqual(await scene.seen(), { issuers: original.issuers, subjects: ["foreign"] });
  });
});

describe("a second stack on the same cluster, with the real engine", function () {
  this.timeout(120_000);
  let scene: Scene;
  let owner: TrustStack;
  let second: TrustStack;
  let issuers: string[];

  before(async () => {
    scene = await Scene.in("neighbours");
    const { trust } = scene;
    owner = await trust.stack("neighbours-owner");
    owner.describe(trust.setup("trust", [trust.allow("owner")]));
    await ok(owner.up());
    ({ issuers } = await scene.seen());
    second = await trust.stack("neighbours-second");
  });

  it("uses the issuer with adopt, beside the owner's definitions", async () => {
    const { trust } = scene;
    second.describe(
      trust.setup("trust", [trust.allow("second")], { adopt: true }),
      trust.policy("more", "trust", [trust.allow("third")]),
    );
    await ok(second.up());
    const { subjects } = await scene.seen();
    assert.equal(subjects[0], "owner");
    assert.deepEqual(subjects.slice(1).sort(), ["second", "third"]);
  });

  it("keeps issuer and definitions when the owner is destroyed first, which is told why it can't", async () => {
    // The SDK shows what a delete throws twice.
    const output = await fails(owner.destroy());
    assert.match(
      output,
      /^ +error: ISSUER_IN_USE: 2 policy definition.+ Fix: destroy the stacks that wrote them first/m,
    );
    assert.doesNotMatch(output, /^\s+at /m);
    const seen = await scene.seen();
    assert.deepEqual(seen.issuers, issuers);
    assert.deepEqual(seen.subjects.sort(), ["second", "third"]);
    await ok(second.up(["--refresh", "--expect-no-changes"]));
  });

  it("takes its definitions away, and then the owner takes the issuer", async () => {
    await ok(second.destroy());
    assert.deepEqual(await scene.seen(), { issuers, subjects: [undefined] });
    await ok(owner.destroy());
    assert.deepEqual(await scene.cloud.issuers(), []);
  });
});
