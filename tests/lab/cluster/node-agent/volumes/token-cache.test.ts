import assert from "node:assert/strict";
import type { ObjectSource } from "../../../../../lab/cluster/node-agent/object-source";
import type { Pod } from "../../../../../lab/cluster/node-agent/pod";
import { TokenCache } from "../../../../../lab/cluster/node-agent/volumes/token-cache";

const POD = {
  metadata: { name: "p", namespace: "n", uid: "u" },
  spec: { restartPolicy: "Never", containers: [] },
  status: {},
} as Pod;

describe("lab/cluster/node-agent/token-cache", () => {
  function setUp(options: { speed?: number; random?: number } = {}) {
    const clock = { time: 0, now: () => clock.time * 1000, random: () => options.random ?? 0 };
    const source = { issued: 0, broken: false };
    const objects = {
      token: async (_: Pod, { expirationSeconds = 3600 }) => {
        if (source.broken) {
          throw new Error("no server");
        }
        source.issued++;
        return await Promise.resolve({ token: `token-${source.issued}`, lifetimeSeconds: expirationSeconds });
      },
    } as unknown as ObjectSource;
    const cache = new TokenCache(objects, options.speed, clock);
    const at = async (time: number, expirationSeconds = 600) => {
      clock.time = time;
      return await cache.get(POD, { path: "token", audience: "a", expirationSeconds });
    };
    return { at, cache, source };
  }

  it("renews when 80 % of the life has passed", async () => {
    const { at, cache } = setUp();
    assert.equal(cache.dueIn(), undefined);
    assert.deepEqual([await at(0), await at(479.9), await at(480)], ["token-1", "token-1", "token-2"]);
    assert.equal(cache.dueIn(), 480_000);
  });

  it("renews up to 10 s earlier", async () => {
    const { at } = setUp({ random: 1 });
    assert.deepEqual([await at(0), await at(469.9), await at(470)], ["token-1", "token-1", "token-2"]);
  });

  it("renews a long-lived token after a day", async () => {
    const { at } = setUp();
    const year = 365 * 86_400;
    assert.deepEqual(
      [await at(0, year), await at(86_399, year), await at(86_400, year)],
      ["token-1", "token-1", "token-2"],
    );
  });

  it("renews faster when told, and keeps tokens of different requests apart", async () => {
    const { at } = setUp({ speed: 60 });
    assert.deepEqual(
      [await at(0), await at(0, 1200), await at(7.9), await at(8)],
      ["token-1", "token-2", "token-1", "token-3"],
    );
  });

  it("keeps a token it can't renew until it has expired", async () => {
    const { at, source } = setUp();
    await at(0);
    source.broken = true;
    assert.equal(await at(599), "token-1");
    await assert.rejects(at(600), /no server/);
  });
});
