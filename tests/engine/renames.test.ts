import assert from "node:assert/strict";
import type { PolicyDefinition } from "../../trust/policy/model";
import { assertOneDiagnostic, fails, ok, SHORT_WINDOW } from "./support/engine";
import { PulumiCloud, requestsOf } from "./support/http";
import { labOn } from "./support/lab";
import { type Described, organizationOn, Trust, type TrustStack } from "./support/trust";

const labStarted = labOn("kubernetes");

/** One organization, its issuer and what is on it. */
class Scene {
  private constructor(
    readonly trust: Trust,
    readonly cloud: PulumiCloud,
  ) {}

  static async in(organization: string): Promise<Scene> {
    const state = await organizationOn(await labStarted(), organization);
    return new Scene(new Trust(state), new PulumiCloud(state));
  }

  /** The issuers' ids, and the subjects of the first one's definitions in their order. */
  async seen(): Promise<{ issuers: string[]; subjects: (string | undefined)[] }> {
    const issuers = (await this.cloud.issuers()).map(({ id }) => id);
    const definitions = issuers[0] === undefined ? [] : await this.cloud.definitions(issuers[0]);
    return { issuers, subjects: definitions.map(({ rules }) => rules.sub?.split(":").pop()) };
  }

  /** An issuer's label, less its random end. */
  async labelOf(issuer: string | undefined): Promise<string | undefined> {
    const record = (await this.cloud.issuers()).find(({ id }) => id === issuer);
    return record?.name.replace(/-[0-9a-f]+$/, "");
  }

  /** Requests that a command of the CLI made besides reading. */
  async writesOf(run: () => Promise<unknown>): Promise<string[]> {
    const before = (await requestsOf(this.trust.state)).length;
    await run();
    return (await requestsOf(this.trust.state)).slice(before).filter((request) => !request.startsWith("GET "));
  }
}

/** How a trust can get another URN: from what it is after the change before. */
interface Change {
  name: string;
  parent?: string;
  /** What it was, for those who say it. */
  was: NonNullable<Described["aliases"]>[number];
}

/** A full run tries each alone; both at once are what an ordinary one has time for. */
const CHANGES: Record<string, Change[]> = process.env.OIDC_RUNNER_FULL
  ? {
      renamed: [
        { name: "second", was: { name: "first" } },
        { name: "third", was: { name: "second" } },
      ],
      moved: [
        { name: "third", parent: "group", was: { noParent: true } },
        { name: "third", was: {} },
      ],
    }
  : {
      "renamed and moved": [
        { name: "second", parent: "group", was: { name: "first", noParent: true } },
        { name: "third", was: { name: "second" } },
      ],
    };

// Each step of a stack's life begins where the one before ended.
describe("a trust that gets another name or place, with the real engine", () => {
  let scene: Scene;
  let stack: TrustStack;
  let original: Awaited<ReturnType<Scene["seen"]>>;
  let neighbours: Promise<void>;

  /** The program: a trust and a policy on it, whatever they are called and wherever they stand. */
  function program({ name, parent }: Omit<Change, "was">, was?: Change["was"], args: object = {}): Described[] {
    const { trust } = scene;
    const policyArgs = args;
    const described = [
      trust.setup(`${name}-trust`, undefined, args),
      trust.policy(`${name}-policy`, `${name}-trust`, [trust.allow("ours")], policyArgs),
    ];
    const suffixes = ["trust", "policy"];
    const placed = described.map((resource, index) => ({
      ...resource,
      ...(parent !== undefined && { parent }),
      ...(was !== undefined && {
        aliases: [{ ...was, ...(was.name !== undefined && { name: `${was.name}-${suffixes[index]}` }) }],
      }),
    }));
    return [{ kind: "Group", name: "group" }, ...placed];
  }

  before(async () => {
    // Beside the rest: it mostly waits.
    neighbours = secondStack();
    neighbours.catch(() => undefined);
    scene = await Scene.in("renames");
    stack = await scene.trust.stack("renames", SHORT_WINDOW);
    stack.describe(...program({ name: "first" }));
    await ok(stack.up());
    const [issuer = ""] = (await scene.seen()).issuers;
    const foreign: PolicyDefinition = { ...scene.trust.allow("foreign"), tokenType: "team", teamName: "web" };
    await scene.cloud.change(issuer, (current) => [foreign, ...current]);
    original = await scene.seen();
    assert.deepEqual(original.subjects, ["foreign", "ours"]);
  });

  for (const [how, [known, unknown]] of Object.entries(CHANGES) as [string, [Change, Change]][]) {
    it(`changes nothing but the issuer's label when it is ${how} with an alias`, async () => {
      const before = await scene.labelOf(original.issuers[0]);
      stack.describe(...program(known, known.was));
      const writes = await scene.writesOf(() => ok(stack.up()));
      const renamed = known.was.name !== undefined;
      assert.deepEqual(writes, renamed ? [`PATCH oidc/issuers/${original.issuers[0]}`] : []);
      // An issuer that was adopted keeps the label it had.
      assert.equal(await scene.labelOf(original.issuers[0]), renamed ? `${known.name}-trust` : before);
      assert.deepEqual(await scene.seen(), original);
    });

    it(`is told what to do when it is ${how} without an alias, and nothing has changed`, async () => {
      stack.describe(...program(unknown));
      const writes = await scene.writesOf(async () => {
        const output = await fails(stack.up());
        assertOneDiagnostic(output, "ISSUER_EXISTS");
        assert.match(output, /aliases/);
      });
      // The registration that was refused with 409, which says that nothing was made.
      assert.deepEqual(writes, ["POST oidc/issuers"]);
      assert.deepEqual(await scene.seen(), original);
    });

    it(`keeps the issuer and its definitions, once, when it is ${how} so with adopt`, async () => {
      stack.describe(...program(unknown, undefined, { adopt: true }));
      await ok(stack.up());
      assert.deepEqual(await scene.seen(), original);
    });
  }

  it("lets go of its own definitions alone in the end", async () => {
    await ok(stack.destroy());
    assert.deepEqual(await scene.seen(), { issuers: original.issuers, subjects: ["foreign"] });
  });

  it("keeps what a second stack has on the same cluster, though its owner be destroyed first", () => neighbours);
});

async function secondStack(): Promise<void> {
  const scene = await Scene.in("neighbours");
  const { trust } = scene;
  const owner = await trust.stack("neighbours-owner", SHORT_WINDOW);
  owner.describe(trust.setup("trust", [trust.allow("owner")]));
  await ok(owner.up());
  const { issuers } = await scene.seen();

  const second = await trust.stack("neighbours-second", SHORT_WINDOW);
  second.describe(
    trust.setup("trust", [trust.allow("second")], { adopt: true }),
    trust.policy("more", "trust", [trust.allow("third")]),
  );
  await ok(second.up());
  const { subjects } = await scene.seen();
  assert.equal(subjects[0], "owner");
  assert.deepEqual(subjects.slice(1).sort(), ["second", "third"]);

  // The SDK shows what a delete throws twice.
  const output = await fails(owner.destroy());
  assert.match(output, /^ +error: ISSUER_IN_USE: 2 policy definition.+ Fix: destroy the stacks that wrote them first/m);
  assert.doesNotMatch(output, /^\s+at /m);
  const left = await scene.seen();
  assert.deepEqual([left.issuers, left.subjects.sort()], [issuers, ["second", "third"]]);

  await ok(second.destroy());
  // A deny of the last subject stands in for an empty list.
  const stands = await scene.cloud.definitions(issuers[0] as string);
  assert.deepEqual(
    stands.map(({ decision }) => decision),
    ["deny"],
  );
  await ok(owner.destroy());
  assert.deepEqual(await scene.cloud.issuers(), []);
}
