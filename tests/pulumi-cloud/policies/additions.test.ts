import assert from "node:assert/strict";
import type { WriteBatch } from "../../../pulumi-cloud/policies/queue";
import { writeTogether } from "../../../pulumi-cloud/policies/queue";
import { QUIET_WINDOW_MS } from "../../../pulumi-cloud/policies/types";
import { writePolicy } from "../../../pulumi-cloud/policies/write";
import type { OidcRunnerError } from "../../../trust/errors";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { generator } from "../support/generator";
import { definition, label } from "../support/scramble";
import { SimulatedPolicy } from "../support/simulated-policy";
import { VirtualTime } from "../support/virtual-time";

let keys = 0;

/** One process that changes an issuer's policy; `at` tells when each change was answered, or what it was refused with. */
function setUp(list: PolicyDefinition[] = [definition("foreign")]) {
  keys += 1;
  const key = `additions-${keys}`;
  const time = new VirtualTime(generator(1));
  const server = new SimulatedPolicy(time, 0, "keep", 50);
  server.policies = structuredClone(list);
  const pace = { timing: time, quietWindowMs: QUIET_WINDOW_MS };
  const by: WriteBatch = (changes, start, onStored) =>
    writePolicy(server.access, "issuer", changes, pace, start, onStored);
  const at: Record<string, number | string> = {};
  const make = async (name: string, add: PolicyDefinition[], remove: PolicyDefinition[] = []) => {
    try {
      await writeTogether(key, { add, remove, adopt: false, lease: name }, by, pace);
      at[name] = time.now();
    } catch (error) {
      at[name] = (error as OidcRunnerError).code;
    }
  };
  const allow = (name: string) => make(name, [definition(name)]);
  return { time, server, at, make, allow, labels: () => server.policies.map(label).sort() };
}
const early = (time: number | string | undefined) => typeof time === "number" && time < QUIET_WINDOW_MS;

describe("pulumi-cloud: an allow that is added", () => {
  it("is answered when its list was read back, and only the last of those that come together waits", async () => {
    const { time, at, allow, labels } = setUp();
    await time.run(Promise.all(["a", "b", "c"].map(allow)));
    assert.ok(early(at.a) && early(at.b), JSON.stringify(at));
    assert.ok(Number(at.c) >= QUIET_WINDOW_MS, JSON.stringify(at));
    assert.deepEqual(labels(), ["allow:a", "allow:b", "allow:c", "allow:foreign"]);
  });

  it("waits no longer when another comes, whose write confirms it too", async () => {
    const { time, server, at, allow } = setUp();
    await time.run(Promise.all([allow("a"), time.sleep(700).then(() => allow("b"))]));
    assert.ok(early(at.a), JSON.stringify(at));
    assert.ok(Number(at.b) >= 700 + QUIET_WINDOW_MS, JSON.stringify(at));
    assert.equal(server.writes, 2);
  });

  it("is put back by a later write, when another writer lost it after it was answered", async () => {
    const { time, server, at, allow, labels } = setUp();
    const lost = async () => {
      // What was read last is no longer fresh then, so that the next write reads first.
      await time.sleep(1500);
      assert.ok(early(at.a));
      server.store([definition("foreign"), definition("theirs")]);
      await allow("c");
    };
    await time.run(Promise.all([allow("a"), allow("b"), lost()]));
    assert.deepEqual(labels(), ["allow:a", "allow:b", "allow:c", "allow:foreign", "allow:theirs"]);
  });

  it("is put back when nothing else is written", async () => {
    const { time, server, allow, labels } = setUp();
    const lost = time.sleep(600).then(() => server.store([definition("foreign")]));
    await time.run(Promise.all([allow("a"), allow("b"), lost]));
    assert.deepEqual(labels(), ["allow:a", "allow:b", "allow:foreign"]);
  });

  it("stays away when its resource takes it out again before it is confirmed", async () => {
    const { time, at, allow, make, labels } = setUp();
    const remove = async () => {
      await time.sleep(600);
      assert.ok(early(at.a));
      await make("a", [], [definition("a")]);
    };
    await time.run(Promise.all([allow("a"), allow("b"), remove()]));
    assert.deepEqual(labels(), ["allow:b", "allow:foreign"]);
  });

  it("is answered as uncertain when it is the one that waits, and its list can't be confirmed", async () => {
    const { time, server, at, allow } = setUp();
    const { getPolicy } = server.access;
    const down = async () => {
      await time.sleep(600);
      server.access.getPolicy = () => Promise.reject(new Error("down"));
    };
    await time.run(Promise.all([allow("a"), allow("b"), down()]));
    assert.ok(early(at.a), JSON.stringify(at));
    assert.equal(at.b, "POLICY_WRITE_UNCERTAIN");
    server.access.getPolicy = getPolicy;
    await time.run(allow("c"));
    assert.ok(typeof at.c === "number", "the next one goes on as usual");
  });

  it("is uncertain too when the write that was to confirm it fails", async () => {
    const { time, server, at, allow } = setUp();
    const broken = async () => {
      await time.sleep(600);
      server.access.getPolicy = () => Promise.reject(new Error("down"));
      server.access.updatePolicy = () => Promise.reject(new Error("down"));
      await allow("b");
    };
    await time.run(Promise.all([allow("a"), broken()]));
    assert.equal(at.a, "POLICY_WRITE_UNCERTAIN");
    assert.ok(typeof at.b === "string", JSON.stringify(at));
  });

  it("does not wait beside a removal, which does", async () => {
    const { time, at, allow, make } = setUp([definition("foreign"), definition("old")]);
    await time.run(Promise.all([allow("a"), make("old", [], [definition("old")])]));
    assert.ok(early(at.a), JSON.stringify(at));
    assert.ok(Number(at.old) >= QUIET_WINDOW_MS, JSON.stringify(at));
  });

  it("is refused at once where it is there already, beside others that are added", async () => {
    const { time, at, allow, labels } = setUp();
    await time.run(Promise.all([allow("foreign"), allow("a")]));
    assert.equal(at.foreign, "POLICY_NOT_UNIQUE");
    assert.ok(typeof at.a === "number");
    assert.deepEqual(labels(), ["allow:a", "allow:foreign"]);
  });
});

describe("pulumi-cloud: a removal and a deny", () => {
  for (const [what, add, remove] of [
    ["a removal", [], [definition("old")]],
    ["a deny that is added", [definition("x", "deny")], []],
    ["an allow in another's place", [definition("new")], [definition("old")]],
  ] as const) {
    it(`wait the whole window, whatever comes meanwhile: ${what}`, async () => {
      const { time, at, allow, make } = setUp([definition("foreign"), definition("old")]);
      const others = async () => {
        for (let index = 0; index < 4; index += 1) {
          await time.sleep(400);
          void allow(`other-${index}`);
        }
        await time.sleep(3 * QUIET_WINDOW_MS);
      };
      await time.run(Promise.all([make("change", [...add], [...remove]), others()]));
      assert.ok(Number(at.change) >= QUIET_WINDOW_MS, JSON.stringify(at));
    });
  }
});

describe("pulumi-cloud: 200 allows, 8 at a time", () => {
  it("cost a tenth of the windows that they would each wait for", async () => {
    const { time, server, allow } = setUp();
    const names = Array.from({ length: 200 }, (_, index) => `runner-${index}`);
    const slot = async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        await allow(name);
      }
    };
    await time.run(Promise.all(Array.from({ length: 8 }, slot)));
    assert.equal(server.policies.length, 201);
    assert.ok(time.now() < (200 / 8 / 4) * QUIET_WINDOW_MS, `${time.now()} ms`);
    assert.ok(server.writes <= 200 / 6, `${server.writes} writes`);
  });
});
