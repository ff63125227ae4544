import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { CloudApiError, type PartialFailure } from "../../../pulumi-cloud/api/errors";
import type { OwnedChange } from "../../../pulumi-cloud/policies/plan";
import { QUIET_WINDOW_MS } from "../../../pulumi-cloud/policies/types";
import { writePolicy } from "../../../pulumi-cloud/policies/write";
import type { OidcRunnerError } from "../../../trust/errors";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { isLeftBehind } from "../../../trust/policy/standing-deny";
import { DEFAULT_DENY, leftBy, READINGS } from "../../helpers/default-deny";
import { generator } from "../support/generator";
import { definition, label } from "../support/scramble";
import { type EqualDefinitions, MODES, SimulatedPolicy, type WriteFault } from "../support/simulated-policy";
import { VirtualTime } from "../support/virtual-time";

const allow = (sub: string) => definition(sub);
const deny = (sub: string) => definition(sub, "deny");
const change = (parts: Partial<OwnedChange>): OwnedChange => ({
  add: [],
  remove: [],
  adopt: false,
  lease: randomUUID(),
  ...parts,
});

/** A simulated service with one writer on it. */
function setUp(list: PolicyDefinition[], mode: EqualDefinitions = "keep", random = generator(1)) {
  const time = new VirtualTime(random);
  const server = new SimulatedPolicy(time, 0, mode);
  server.policies = structuredClone(list);
  const write = async (changes: OwnedChange[], quietWindowMs = QUIET_WINDOW_MS) => {
    const { outcomes } = await time.run(writePolicy(server.access, "issuer", changes, { timing: time, quietWindowMs }));
    return outcomes.map(({ error }) => (error as OidcRunnerError | undefined)?.code);
  };
  return { time, server, write, labels: () => server.policies.map(label) };
}

describe("pulumi-cloud/policies/write", () => {
  it("costs a read, a write, and two reads a window apart", async () => {
    const { server, write, time } = setUp([DEFAULT_DENY]);
    assert.deepEqual(await write([change({ add: [allow("a")] })]), [undefined]);
    assert.deepEqual(server.requests, ["GET", "PATCH", "GET", "GET"]);
    assert.ok(time.now() >= QUIET_WINDOW_MS);
  });

  it("ends its wait when the update is cancelled, with all in its state that may be there", async () => {
    const { server, time } = setUp([DEFAULT_DENY, allow("old")]);
    const timing = { ...{ now: time.now, random: time.random }, sleep: () => Promise.reject(new Error("cancelled")) };
    const changes = [change({ add: [allow("new")], remove: [allow("old")] })];
    const pace = { timing, quietWindowMs: QUIET_WINDOW_MS };
    const { outcomes } = await time.run(writePolicy(server.access, "issuer", changes, pace));
    const error = outcomes[0]?.error as PartialFailure;
    assert.match(error.message, /^POLICY_WRITE_UNCERTAIN: .*cancelled/);
    assert.deepEqual(
      (error.state as { policies: PolicyDefinition[] }).policies.map(label),
      ["new", "old"].map((sub) => label(allow(sub))),
    );
    assert.deepEqual(server.requests, ["GET", "PATCH", "GET"]);
  });

  it("waits also for what it finds as it should be: an update before may have ended unsettled", async () => {
    for (const [parts, before, stale] of [
      [{ remove: [allow("a")] }, [allow("b")], [allow("a"), allow("b")]],
      [{ add: [allow("a")], remove: [allow("a")] }, [allow("a"), allow("b")], [allow("b")]],
    ] as const) {
      const { server, write, labels } = setUp([...before]);
      const { getPolicy } = server.access;
      server.access.getPolicy = (id) => {
        if (server.requests.length === 1) {
          server.store([...stale]);
        }
        return getPolicy(id);
      };
      assert.deepEqual(await write([change({ ...parts })]), [undefined]);
      assert.deepEqual(labels().sort(), before.map(label).sort());
      assert.equal(server.requests.filter((method) => method === "PATCH").length, 1);
    }
  });

  for (const [reading, { defaultPolicy }] of Object.entries(READINGS)) {
    it(`lets ${reading} default deny go for a whole batch [A0] [A5]`, async () => {
      const { server, write, labels } = setUp([...defaultPolicy]);
      const batch = [change({ add: [allow("a")] }), change({ add: [allow("b")] })];
      assert.deepEqual(await write(batch), [undefined, undefined]);
      assert.deepEqual(labels(), ["allow:a", "allow:b"]);
      assert.equal(server.writes, 1);
    });
  }

  it("asks once where there is nothing to say", async () => {
    const { server, write } = setUp([allow("b")]);
    assert.deepEqual(await write([change({})]), [undefined]);
    assert.deepEqual(server.requests, ["GET"]);
  });

  it("takes one other write for one that knew ours, and counts the window anew after several, which may hide a loss", async () => {
    const ours = [allow("a"), allow("b")];
    for (const [others, requests] of [
      [[ours], ["GET", "PATCH", "GET", "GET"]],
      [
        [[allow("b")], ours],
        ["GET", "PATCH", "GET", "GET", "GET", "GET"],
      ],
    ] as const) {
      const { server, write } = setUp([DEFAULT_DENY]);
      const { getPolicy } = server.access;
      server.access.getPolicy = (id) => {
        if (server.requests.length === 3) {
          for (const list of others) {
            server.store(list);
          }
        }
        return getPolicy(id);
      };
      assert.deepEqual(await write([change({ add: [allow("a")] })]), [undefined]);
      assert.deepEqual(server.requests, requests);
    }
  });

  for (const [what, before, behind, requests, labels] of [
    [
      "overwrites who came in between, and leaves it to them to see that",
      [[allow("a"), allow("b"), allow("x")]],
      [],
      ["PATCH", "GET"],
      ["allow:a", "allow:b", "allow:c"],
    ],
    [
      "writes again when it is overwritten",
      [],
      [[allow("a"), allow("b"), allow("x")]],
      ["PATCH", "GET", "GET", "PATCH", "GET", "GET"],
      ["allow:a", "allow:b", "allow:x", "allow:c"],
    ],
    [
      "counts the window anew when several wrote behind it",
      [],
      // One alone would be of somebody who knew ours.
      [
        [allow("a"), allow("b"), allow("x")],
        [allow("a"), allow("b"), allow("c"), allow("x")],
      ],
      ["PATCH", "GET", "GET", "GET"],
      ["allow:a", "allow:b", "allow:c", "allow:x"],
    ],
  ] as const) {
    it(`relies on its own write where it follows another: ${what}`, async () => {
      const { server, time } = setUp([allow("a")]);
      const pace = { timing: time, quietWindowMs: QUIET_WINDOW_MS };
      const first = await time.run(writePolicy(server.access, "i", [change({ add: [allow("b")] })], pace));
      server.requests = [];
      const store = (lists: readonly (readonly PolicyDefinition[])[]) => {
        for (const list of lists) {
          server.store([...list]);
        }
      };
      server.meanwhile.push(() => store(before));
      const { getPolicy } = server.access;
      server.access.getPolicy = (id) => {
        if (server.requests.length === 1) {
          store(behind);
        }
        return getPolicy(id);
      };
      const { outcomes } = await time.run(
        writePolicy(server.access, "i", [change({ add: [allow("c")] })], pace, first),
      );
      assert.equal(outcomes[0]?.error, undefined);
      assert.deepEqual(server.requests, requests);
      assert.deepEqual(server.policies.map(label), labels);
    });
  }

  it("takes what was read last for its first read, as long as that is fresh", async () => {
    for (const [age, requests] of [
      [QUIET_WINDOW_MS / 2, ["PATCH", "GET"]],
      [QUIET_WINDOW_MS / 2 + 1, ["GET", "PATCH", "GET", "GET"]],
    ] as const) {
      const { server, time } = setUp([allow("a")]);
      const pace = { timing: time, quietWindowMs: QUIET_WINDOW_MS };
      const first = await time.run(writePolicy(server.access, "i", [change({ add: [allow("b")] })], pace));
      await time.run(time.sleep(age - (time.now() - (first.reading?.begun ?? 0))));
      server.requests = [];
      await time.run(writePolicy(server.access, "i", [change({ add: [allow("c")] })], pace, first));
      assert.deepEqual(server.requests, requests);
      assert.deepEqual(server.policies.map(label), ["allow:a", "allow:b", "allow:c"]);
    }
  });

  it("denies the subject of the last definition that goes, and not between two changes [A0]", async () => {
    const { server, write, labels } = setUp([DEFAULT_DENY]);
    await write([change({ add: [allow("a")] })]);
    const going = change({ remove: [allow("a")] });
    assert.deepEqual(await write([going, change({ add: [allow("b")] })]), [undefined, undefined]);
    assert.deepEqual(labels(), ["allow:b"]);
    await write([change({ remove: [allow("b")] })]);
    assert.deepEqual(server.policies, [leftBy(allow("b"))]);
    // The next one takes its place, whether it is the same or another.
    for (const sub of ["b", "c"]) {
      assert.deepEqual(await write([change({ add: [allow(sub)] })]), [undefined]);
      assert.deepEqual(server.policies, [allow(sub)]);
      await write([change({ remove: [allow(sub)] })]);
      assert.deepEqual(server.policies, [leftBy(allow(sub))]);
    }
  });

  it("denies on when what goes last is a deny, and takes that deny again", async () => {
    const { server, write } = setUp([deny("a")]);
    assert.deepEqual(await write([change({ remove: [deny("a")] })]), [undefined]);
    assert.deepEqual(server.policies, [leftBy(deny("a"))]);
    assert.deepEqual(await write([change({ add: [deny("a")] })]), [undefined]);
    assert.deepEqual(server.policies, [deny("a")]);
  });

  it("leaves a deny of somebody's own that stands alone where it is, even one made of our allow", async () => {
    const { server, write } = setUp([deny("a")]);
    assert.deepEqual(await write([change({ add: [allow("a")] })]), ["DENY_SHADOWS"]);
    assert.deepEqual(await write([change({ add: [allow("b")] })]), [undefined]);
    assert.deepEqual(server.policies, [deny("a"), allow("b")]);
  });

  it("lets two stacks take their last definitions out at once, and one more come", async () => {
    const { server, time } = setUp([allow("a"), allow("b")]);
    const pace = { timing: time, quietWindowMs: QUIET_WINDOW_MS };
    const alone = (parts: Partial<OwnedChange>) => writePolicy(server.access, "issuer", [change(parts)], pace);
    await time.run(Promise.all([alone({ remove: [allow("a")] }), alone({ remove: [allow("b")] })]));
    assert.deepEqual(server.policies.map(isLeftBehind), [true]);
    await time.run(Promise.all([alone({ add: [allow("c")] }), alone({ add: [allow("a")] })]));
    assert.deepEqual(server.policies.map(label).sort(), ["allow:a", "allow:c"]);
  });

  it("sends nothing where a batch takes out what it puts in", async () => {
    const { server, write } = setUp([DEFAULT_DENY]);
    const lease = "one";
    const batch = [change({ add: [allow("a")], lease }), change({ remove: [allow("a")], lease })];
    assert.deepEqual(await write(batch), [undefined, undefined]);
    assert.deepEqual([server.policies, server.writes], [[DEFAULT_DENY], 0]);
  });

  it("leaves what a change keeps where it is", async () => {
    const { write, labels, server } = setUp([allow("a"), allow("theirs")]);
    assert.deepEqual(await write([change({ remove: [allow("a")], add: [allow("a")] })]), [undefined]);
    assert.equal(server.writes, 0);
    await write([change({ remove: [allow("a"), allow("gone")], add: [allow("a"), allow("b")] })]);
    assert.deepEqual(labels(), ["allow:a", "allow:theirs", "allow:b"]);
  });

  for (const mode of MODES) {
    describe(`with a service that does so with equal definitions: ${mode}`, () => {
      const lost: [WriteFault, string][] = [
        ["500", "failed"],
        ["lost-request", "never came"],
        ["lost-answer", "was answered to nobody"],
        ["late", "came late"],
      ];
      for (const [fault, what] of lost) {
        it(`adds an allow once, and removes it, when the write ${what}`, async () => {
          const { server, write, labels } = setUp([allow("theirs")], mode);
          server.faults.push(fault, fault);
          assert.deepEqual(await write([change({ add: [allow("a")] })]), [undefined]);
          assert.deepEqual(labels(), ["allow:theirs", "allow:a"]);
          server.faults.splice(0, 2, fault);
          assert.deepEqual(await write([change({ remove: [allow("a")] })]), [undefined]);
          assert.deepEqual(labels(), ["allow:theirs"]);
          assert.equal(server.rejected, 0);
        });
      }

      it("refuses the second of two that ask for the same, whatever became of the first's write", async () => {
        for (const fault of [undefined, "429", "lost-request", "lost-answer"] as const) {
          const { server, write, labels } = setUp([allow("theirs")], mode);
          server.faults.push(fault);
          const twice = [change({ add: [allow("a")] }), change({ add: [allow("a")] })];
          assert.deepEqual(await write(twice), [undefined, "POLICY_NOT_UNIQUE"]);
          assert.deepEqual(await write([change({ add: [allow("a")] })]), ["POLICY_NOT_UNIQUE"]);
          assert.deepEqual(labels(), ["allow:theirs", "allow:a"]);
        }
      });
    });
  }

  describe("where equal definitions are kept", () => {
    for (const fault of [undefined, "lost-answer", "lost-request"] as const) {
      it(`removes one of two (${fault ?? "no fault"}), and the other with its own owner`, async () => {
        for (const own of [allow("twice"), deny("twice")]) {
          const { server, write, labels } = setUp([own, allow("theirs"), own]);
          server.faults.push(fault);
          assert.deepEqual(await write([change({ remove: [own] })]), [undefined]);
          assert.deepEqual(labels(), ["allow:theirs", label(own)]);
          assert.deepEqual(await write([change({ remove: [own] })]), [undefined]);
          assert.deepEqual(labels(), ["allow:theirs"]);
        }
      });
    }

    it("keeps a deny and drops an allow when nobody can tell whose was removed", async () => {
      for (const [own, left] of [
        [allow("twice"), ["allow:theirs", "allow:late"]],
        [deny("twice"), ["allow:theirs", "deny:twice", "allow:late"]],
      ] as const) {
        const { server, write, labels } = setUp([own, allow("theirs"), own]);
        server.faults.push("lost-request");
        // Two others write first; one of them takes a copy of its own out.
        server.meanwhile.push(() => {
          server.store([allow("theirs"), own]);
          server.store([allow("theirs"), own, allow("late")]);
        });
        assert.deepEqual(await write([change({ remove: [own] })]), [undefined]);
        assert.deepEqual(labels(), left);
      }
    });
  });

  it("refuses an equal definition that another wrote instead of its own lost request", async () => {
    const { server, write, labels } = setUp([allow("theirs")]);
    server.faults.push("lost-request");
    server.meanwhile.push(() => server.store([allow("theirs"), allow("other"), allow("a")]));
    assert.deepEqual(await write([change({ add: [allow("a")] })]), ["POLICY_NOT_UNIQUE"]);
    assert.deepEqual(labels(), ["allow:theirs", "allow:other", "allow:a"]);
  });

  it("takes a write that came after it was given up for its own, whenever it is seen", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { server, write, labels } = setUp([allow("theirs"), allow("old")], "keep", generator(seed));
      server.faults.push("late");
      assert.deepEqual(await write([change({ remove: [allow("old")], add: [allow("new")] })]), [undefined], `${seed}`);
      assert.deepEqual(labels(), ["allow:theirs", "allow:new"]);
    }
  });

  it("reads anew before it repeats a write that was refused with 429", async () => {
    const { server, write, labels, time } = setUp([allow("theirs")]);
    const { updatePolicy } = server.access;
    server.access.updatePolicy = async () => {
      server.access.updatePolicy = updatePolicy;
      setImmediate(() => server.store([allow("theirs"), allow("meanwhile")]));
      throw new CloudApiError(429, "PATCH", "", 25_000);
    };
    assert.deepEqual(await write([change({ add: [allow("a")] })]), [undefined]);
    assert.deepEqual(labels(), ["allow:theirs", "allow:meanwhile", "allow:a"]);
    assert.ok(time.now() > 25_000);
  });

  it("gives up a write that is refused again and again, and tells apart what is known", async () => {
    for (const [fault, code] of [
      ["429", "PULUMI_CLOUD_429"],
      ["500", "POLICY_WRITE_UNCERTAIN"],
      ["lost-request", "POLICY_WRITE_UNCERTAIN"],
    ] as const) {
      const { server, write } = setUp([allow("theirs")]);
      server.faults.push(...Array.from({ length: 5 }, () => fault));
      const one = change({ add: [allow("a")] });
      const codes = await write([one]).catch((error: OidcRunnerError) => [error.code]);
      assert.deepEqual(codes, [code]);
      assert.equal(server.requests.filter((method) => method === "PATCH").length, 5);
      assert.deepEqual(await write([one]), [undefined]);
    }
  });

  it("gives each change its own error, and a refused one its own reason", async () => {
    const { server, time } = setUp([allow("theirs")]);
    const { getPolicy } = server.access;
    let reads = 0;
    server.access.getPolicy = (id) => {
      reads += 1;
      return reads === 1 ? getPolicy(id) : Promise.reject(new CloudApiError(403, "GET", "no longer"));
    };
    const changes = [change({ add: [allow("a")] }), change({ add: [allow("theirs")] }), change({ add: [allow("b")] })];
    const pace = { timing: time, quietWindowMs: QUIET_WINDOW_MS };
    const { outcomes } = await time.run(writePolicy(server.access, "issuer", changes, pace));
    const errors = outcomes.map(({ error }) => error as OidcRunnerError);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ["POLICY_WRITE_UNCERTAIN", "POLICY_NOT_UNIQUE", "POLICY_WRITE_UNCERTAIN"],
    );
    assert.notEqual(errors[0], errors[2]);
  });

  it("gives up, saying so, when others never leave the policy alone", async () => {
    const { server, write } = setUp([DEFAULT_DENY]);
    const { updatePolicy } = server.access;
    server.access.updatePolicy = async (id, policies) => {
      const answer = await updatePolicy(id, policies);
      server.store([allow("theirs")]);
      return answer;
    };
    assert.deepEqual(await write([change({ add: [allow("a")] })]), ["POLICY_WRITE_UNCERTAIN"]);
  });

  describe("with a service that stores something else than it is sent", () => {
    const withoutRole = (list: PolicyDefinition[]) => list.map(({ roleID: _, ...rest }) => rest);
    const withRole = (sub: string): PolicyDefinition => ({ ...allow(sub), roleID: "r" });
    const patches = (requests: readonly string[]) => requests.filter((method) => method === "PATCH").length;

    it("writes once where it adds fields, keeps those of others, and removes what it wrote [A9]", async () => {
      const theirs = { ...allow("theirs"), id: "1", note: { kept: [1] } } as PolicyDefinition;
      const { server, write, labels } = setUp([theirs]);
      server.alters = (list) => list.map((entry, index) => ({ id: String(index), ...entry }));
      assert.deepEqual(await write([change({ add: [allow("a")] })]), [undefined]);
      assert.deepEqual(labels(), ["allow:theirs", "allow:a"]);
      assert.equal(patches(server.requests), 1);
      assert.deepEqual(server.policies[0], theirs);
      assert.deepEqual(await write([change({ remove: [allow("a")] })]), [undefined]);
      assert.deepEqual(server.policies, [theirs]);
      assert.equal(patches(server.requests), 2);
    });

    it("stops after one write that was stored otherwise, and says what is there instead [A9]", async () => {
      const { server, time } = setUp([allow("theirs")]);
      server.alters = withoutRole;
      const pace = { timing: time, quietWindowMs: QUIET_WINDOW_MS };
      const { outcomes } = await time.run(
        writePolicy(server.access, "issuer", [change({ add: [withRole("a")] })], pace),
      );
      const error = outcomes[0]?.error as OidcRunnerError;
      assert.equal(error.code, "POLICY_NOT_STORED");
      assert.match(error.message, /sent and not there: \{.*"roleID":"r"\}; there instead: \{.*"sub":"a"\}\}/);
      assert.doesNotMatch(error.message, /theirs/);
      assert.equal(patches(server.requests), 1);
    });

    it("stops where what was taken out is still there [A9]", async () => {
      const { server, write, labels } = setUp([allow("theirs"), allow("a")]);
      server.alters = () => [allow("theirs"), allow("a")];
      assert.deepEqual(await write([change({ remove: [allow("a")] })]), ["POLICY_NOT_STORED"]);
      assert.deepEqual(labels(), ["allow:theirs", "allow:a"]);
      assert.equal(patches(server.requests), 1);
    });

    it("stops the change that this is about, and no other of the batch", async () => {
      const { server, write, labels } = setUp([allow("theirs")]);
      server.alters = withoutRole;
      const batch = [change({ add: [withRole("a")] }), change({ add: [allow("b")] })];
      assert.deepEqual(await write(batch), ["POLICY_NOT_STORED", undefined]);
      assert.deepEqual(labels(), ["allow:theirs", "allow:a", "allow:b"]);
      assert.equal(patches(server.requests), 1);
    });

    it("stops all of them when it is about another's definition, which they sent back", async () => {
      const { server, write } = setUp([withRole("theirs")]);
      server.alters = withoutRole;
      const batch = [change({ add: [allow("a")] }), change({ add: [allow("b")] })];
      assert.deepEqual(await write(batch), ["POLICY_NOT_STORED", "POLICY_NOT_STORED"]);
      assert.equal(patches(server.requests), 1);
    });

    it("takes what another wrote in between for another's, and writes again", async () => {
      const { server, write, labels } = setUp([allow("theirs")]);
      const { updatePolicy } = server.access;
      server.access.updatePolicy = async (id, policies) => {
        server.access.updatePolicy = updatePolicy;
        const answer = await updatePolicy(id, policies);
        server.store([allow("theirs"), allow("other")]);
        return answer;
      };
      assert.deepEqual(await write([change({ add: [allow("a")] })]), [undefined]);
      assert.deepEqual(labels(), ["allow:theirs", "allow:other", "allow:a"]);
    });

    it("takes a read that lags behind for no proof", async () => {
      const { server, write, labels } = setUp([allow("theirs")]);
      const { getPolicy } = server.access;
      server.access.getPolicy = async (id) => {
        const now = await getPolicy(id);
        return server.requests.length === 3 ? { ...now, version: 1, policies: [allow("theirs")] } : now;
      };
      assert.deepEqual(await write([change({ add: [allow("a")] })]), [undefined]);
      assert.deepEqual(labels(), ["allow:theirs", "allow:a"]);
    });
  });

  it("says what was to be taken out and is not there, but not what is put in again [A9]", async () => {
    const { server, time } = setUp([allow("theirs"), allow("a")]);
    const pace = { timing: time, quietWindowMs: QUIET_WINDOW_MS };
    const parts = { remove: [allow("a"), allow("gone"), allow("again")], add: [allow("again")] };
    const { outcomes } = await time.run(writePolicy(server.access, "issuer", [change(parts)], pace));
    assert.deepEqual(outcomes[0]?.gone, [allow("gone")]);
    assert.deepEqual(server.policies.map(label), ["allow:theirs", "allow:again"]);
  });

  it("gives up one change that became impossible, and no other", async () => {
    const { server, write, labels } = setUp([allow("theirs")]);
    const { updatePolicy } = server.access;
    server.access.updatePolicy = async (id, policies) => {
      server.access.updatePolicy = updatePolicy;
      const answer = await updatePolicy(id, policies);
      server.store([allow("theirs"), deny("a")]);
      return answer;
    };
    const codes = await write([change({ add: [allow("a")] }), change({ add: [allow("b")] })]);
    assert.deepEqual(codes, ["POLICY_WRITE_UNCERTAIN", undefined]);
    assert.deepEqual(labels(), ["allow:theirs", "deny:a", "allow:b"]);
  });

  it("writes nothing when reading takes longer than half the window", async () => {
    const { server, write } = setUp([DEFAULT_DENY], "keep", () => 1);
    await assert.rejects(write([change({ add: [allow("a")] })], 1500), { code: "POLICY_CONTENDED" });
    assert.equal(server.writes, 0);
    assert.deepEqual(await write([change({ add: [allow("a")] })], 1700), [undefined]);
  });

  it("takes a defect for a defect", async () => {
    const { server, write } = setUp([DEFAULT_DENY]);
    server.access.getPolicy = () => Promise.reject(new TypeError("x"));
    await assert.rejects(write([change({ add: [allow("a")] })]), TypeError);
  });
});
