import assert from "node:assert/strict";
import type { WriteBatch } from "../../../pulumi-cloud/policies/batch";
import { untilConfirmed, writeTogether } from "../../../pulumi-cloud/policies/queue";
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
  const warnings: string[] = [];
  const warn = (failure: Error) => void warnings.push((failure as OidcRunnerError).code);
  const make = async (name: string, add: PolicyDefinition[], remove: PolicyDefinition[] = []) => {
    try {
      await writeTogether(key, { add, remove, adopt: false, lease: name }, by, pace, warn);
      at[name] = time.now();
    } catch (error) {
      at[name] = (error as OidcRunnerError).code;
    }
  };
  const allow = (name: string) => make(name, [definition(name)]);
  /** An update: its changes, and what its process does before it ends. */
  const update = (...changes: Promise<unknown>[]) => time.run(Promise.all(changes).then(() => untilConfirmed(key)));
  return { time, server, at, warnings, make, allow, update, labels: () => server.policies.map(label).sort() };
}
const early = (time: number | string | undefined) => typeof time === "number" && time < QUIET_WINDOW_MS;

describe("pulumi-cloud: an allow that is added", () => {
  it("is answered when its list was read back, and confirmed before the process ends", async () => {
    const { time, at, allow, update, labels } = setUp();
    await update(...["a", "b", "c"].map(allow));
    assert.ok(early(at.a) && early(at.b) && early(at.c), JSON.stringify(at));
    assert.ok(time.now() >= QUIET_WINDOW_MS);
    assert.deepEqual(labels(), ["allow:a", "allow:b", "allow:c", "allow:foreign"]);
  });

  it("is confirmed by the write of another that comes, and not by a window of its own", async () => {
    const { time, server, at, allow, update } = setUp();
    await update(
      allow("a"),
      time.sleep(700).then(() => allow("b")),
    );
    assert.ok(early(at.a), JSON.stringify(at));
    assert.equal(server.writes, 2);
    assert.ok(time.now() < 700 + 2 * QUIET_WINDOW_MS, `${time.now()} ms`);
  });

  it("is put back by a later write, when another writer lost it after it was answered", async () => {
    const { time, server, at, allow, update, labels } = setUp();
    const lost = async () => {
      // What was read last is no longer fresh then, so that the next write reads first.
      await time.sleep(1500);
      assert.ok(early(at.a));
      server.store([definition("foreign"), definition("theirs")]);
      await allow("c");
    };
    await update(allow("a"), allow("b"), lost());
    assert.deepEqual(labels(), ["allow:a", "allow:b", "allow:c", "allow:foreign", "allow:theirs"]);
  });

  const losing = async (confirmed: boolean) => {
    const { time, server, at, allow, update, labels } = setUp();
    const lose = async () => {
      await time.sleep(600);
      assert.ok(early(at.a));
      server.store([definition("foreign")]);
    };
    const changes = [allow("a"), allow("b"), lose()];
    await (confirmed ? update(...changes) : time.run(Promise.all(changes)));
    const there = labels();
    await update();
    return there;
  };

  it("is put back when nothing else is written", async () => {
    assert.deepEqual(await losing(true), ["allow:a", "allow:b", "allow:foreign"]);
  });

  it("is lost where nobody waits for its window: the test can fail", async () => {
    assert.deepEqual(await losing(false), ["allow:foreign"]);
  });

  it("stays away when its resource takes it out again before it is confirmed", async () => {
    const { time, at, allow, make, update, labels } = setUp();
    const remove = async () => {
      await time.sleep(600);
      assert.ok(early(at.a));
      await make("a", [], [definition("a")]);
    };
    await update(allow("a"), allow("b"), remove());
    assert.deepEqual(labels(), ["allow:b", "allow:foreign"]);
  });

  it("is warned of when its list can't be confirmed, and confirmed by the next write", async () => {
    const { time, server, at, warnings, allow, update, labels } = setUp();
    const { getPolicy } = server.access;
    const down = async () => {
      await time.sleep(600);
      server.access.getPolicy = () => Promise.reject(new Error("down"));
    };
    await update(allow("a"), allow("b"), down());
    assert.ok(early(at.a) && early(at.b), JSON.stringify(at));
    assert.deepEqual(warnings, ["POLICY_WRITE_UNCERTAIN"]);
    server.access.getPolicy = getPolicy;
    server.store([definition("foreign")]);
    await update(allow("c"));
    assert.deepEqual(labels(), ["allow:a", "allow:b", "allow:c", "allow:foreign"]);
  });

  it("is confirmed by a write of its own when the one that was to do it fails", async () => {
    for (const stays of [true, false]) {
      const { time, server, at, warnings, allow, update, labels } = setUp();
      const { updatePolicy } = server.access;
      const broken = async () => {
        await time.sleep(600);
        server.store([definition("foreign")]);
        server.access.updatePolicy = () => {
          if (!stays) server.access.updatePolicy = updatePolicy;
          return Promise.reject(new Error("down"));
        };
        await allow("b");
      };
      await update(allow("a"), broken());
      assert.ok(early(at.a) && typeof at.b === "string", JSON.stringify(at));
      assert.deepEqual(warnings, stays ? ["POLICY_WRITE_UNCERTAIN"] : []);
      assert.equal(labels().includes("allow:a"), !stays);
    }
  });

  it("does not wait beside a removal, which does", async () => {
    const { at, allow, make, update } = setUp([definition("foreign"), definition("old")]);
    await update(allow("a"), make("old", [], [definition("old")]));
    assert.ok(early(at.a), JSON.stringify(at));
    assert.ok(Number(at.old) >= QUIET_WINDOW_MS, JSON.stringify(at));
  });

  it("is refused at once where it is there already, beside others that are added", async () => {
    const { at, allow, update, labels } = setUp();
    await update(allow("foreign"), allow("a"));
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
      const { time, at, allow, make, update } = setUp([definition("foreign"), definition("old")]);
      const others = async () => {
        for (let index = 0; index < 4; index += 1) {
          await time.sleep(400);
          void allow(`other-${index}`);
        }
        await time.sleep(3 * QUIET_WINDOW_MS);
      };
      await update(make("change", [...add], [...remove]), others());
      assert.ok(Number(at.change) >= QUIET_WINDOW_MS, JSON.stringify(at));
    });
  }
});

describe("pulumi-cloud: 200 allows, 8 at a time", () => {
  it("cost a tenth of the windows that they would each wait for", async () => {
    const { time, server, allow, update } = setUp();
    const names = Array.from({ length: 200 }, (_, index) => `runner-${index}`);
    const slot = async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        await allow(name);
      }
    };
    await update(...Array.from({ length: 8 }, slot));
    assert.equal(server.policies.length, 201);
    assert.ok(time.now() < (200 / 8 / 4) * QUIET_WINDOW_MS, `${time.now()} ms`);
    assert.ok(server.writes <= 200 / 6, `${server.writes} writes`);
  });
});
