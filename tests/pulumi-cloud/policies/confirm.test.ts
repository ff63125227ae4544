import assert from "node:assert/strict";
import { SentLists } from "../../../pulumi-cloud/policies/confirm";
import type { PolicyDefinition } from "../../../trust/policy/model";

const allow = (sub: string): PolicyDefinition => ({
  ...{ decision: "allow", tokenType: "organization", rules: { sub } },
});
const policy = (version: number, ...policies: PolicyDefinition[]) => ({ id: "policy", version, policies });
const [ours, theirs, old] = [allow("ours"), allow("theirs"), allow("old")];

describe("pulumi-cloud/policies/confirm", () => {
  describe("a list whose answer was lost, made from version 7", () => {
    /** The table "Lost answers" of pulumi-cloud/policies/README.md. */
    for (const [version, list, stored, doubtful] of [
      [7, [old], false, false],
      [7, [ours], false, false],
      [8, [ours], true, false],
      [8, [theirs], false, false],
      [8, [ours, theirs], false, false],
      [9, [ours], true, false],
      [9, [theirs], true, true],
    ] as const) {
      const names = list.map(({ rules }) => rules.sub).join(" and ");
      it(`counts as ${stored ? "stored" : "not stored"}${doubtful ? ", in doubt," : ""} at version ${version} with ${names}`, () => {
        const lists = new SentLists();
        lists.unanswered(policy(7, old), [ours]);
        assert.equal(lists.wasStored(policy(version, ...list)), stored);
        assert.equal(lists.doubtful, doubtful);
      });
    }
  });

  describe("a list that was answered with version 8", () => {
    const lists = new SentLists();
    lists.answered(policy(7, old), [ours], 8);

    it("was altered where its own version shows another one", () => {
      assert.deepEqual(lists.alterationIn(policy(8, old, theirs)), {
        ...{ missing: [ours], remaining: [old], instead: [theirs] },
      });
    });

    it("was not altered where it is there, nor where another writer came", () => {
      assert.equal(lists.alterationIn(policy(8, ours)), undefined);
      assert.equal(lists.alterationIn(policy(9, theirs)), undefined);
    });
  });

  it("takes the version after the one that was read for its own, where another write came in between", () => {
    const lists = new SentLists();
    lists.answered(policy(7, old), [ours], 9);
    assert.equal(lists.alterationIn(policy(9, theirs)), undefined);
  });
});
