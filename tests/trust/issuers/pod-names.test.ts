import assert from "node:assert/strict";
import { type PodMaker, podNames } from "../../../trust/issuers/pod-names";
import { matchesWildcard } from "../../../trust/pattern/pattern";

const MAKERS: PodMaker[] = ["Job", "CronJob", "Deployment"];

describe("trust/issuers/pod-names", () => {
  for (const maker of MAKERS) {
    it(`begin with the workload's name and are labels, for a ${maker}`, () => {
      for (const workload of ["a", "nightly", "nightly-".repeat(5).slice(0, -1)]) {
        for (const name of podNames(workload, maker)) {
          assert.ok(name.startsWith(`${workload}-`), name);
          assert.match(name, /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/);
        }
      }
    });

    it(`have nothing in common by accident, for a ${maker}`, () => {
      const [one = "", other = "", ...more] = podNames("nightly", maker);
      assert.deepEqual(more, []);
      assert.equal(one.length, other.length);
      const rest = "nightly-".length;
      [...one].forEach((letter, place) => {
        assert.equal(letter === other[place], place < rest || letter === "-", `${one}, ${other} at ${place}`);
      });
    });
  }

  it("are of as many parts as their maker gives them", () => {
    const shape = (maker: PodMaker) => podNames("nightly", maker).map((name) => name.replace(/[a-z0-9]/g, "x"));
    const twice = (text: string) => [text, text];
    assert.deepEqual(shape("Job"), twice("xxxxxxx-xxxxxxxx-xxxxx"));
    assert.deepEqual(shape("CronJob"), twice("xxxxxxx-xxxxxxxx-xxxxxxxx-xxxxx"));
    assert.deepEqual(shape("Deployment"), twice("xxxxxxx-xxxxxxxx-xxxxxxxxxx-xxxxx"));
  });

  it("are cut before the random end, as the API server does it", () => {
    for (const name of podNames("w".repeat(40), "Deployment")) {
      assert.equal(name.length, 63);
      assert.ok(matchesWildcard(`${"w".repeat(40)}-........-........`.padEnd(58, ".").concat("....."), name), name);
    }
  });
});
