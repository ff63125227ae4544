import assert from "node:assert/strict";
import { type Comparison, checkConflicts, checkLiterals } from "../../../trust/lint/comparisons";

const sub = (exact: boolean, values: string[], path = "here"): Comparison => ({ keys: ["sub"], exact, values, path });

describe("trust/lint/comparisons", () => {
  it("finds a star that is a letter, at its claim", () => {
    const nested = { ...sub(true, ["acme", "acme*"]), keys: ["kubernetes.io", "namespace"] };
    assert.deepEqual(checkLiterals([nested, sub(true, ["acme?"]), sub(false, ["acme*"])]), [
      {
        name: "LITERAL_WILDCARD",
        severity: "error",
        path: "here",
        message: '"acme*" is compared with kubernetes.io.namespace exactly, so no token has it',
        fix: "name the value in full, or compare by what takes patterns",
      },
    ]);
  });

  it("finds a claim that would have to be two values, at the later of them", () => {
    const keys = ["kubernetes.io", "namespace"];
    const conflicts = checkConflicts([
      { ...sub(true, ["a", "b"], "first"), keys },
      { ...sub(true, ["b"], "second"), keys },
      { ...sub(true, ["c", "d"], "third"), keys },
    ]);
    assert.deepEqual(conflicts, [
      {
        name: "CONTRADICTORY_CONDITIONS",
        severity: "error",
        path: "third",
        message: "no kubernetes.io.namespace is both a or b and c or d",
        fix: "leave out one of them",
      },
    ]);
  });

  it("takes claims for different that are only written alike", () => {
    const pair = (one: string[], other: string[]) =>
      checkConflicts([
        { ...sub(true, ["a"]), keys: one },
        { ...sub(true, ["b"]), keys: other },
      ]).length;
    assert.equal(pair(["a", "b"], ["a", "b"]), 1);
    for (const other of [["ab"], ["a.b"], ["b", "a"], ["a"]]) {
      assert.equal(pair(["a", "b"], other), 0, other.join());
    }
  });

  it("finds no conflict while one value is left, whichever comes first", () => {
    const count = (one: Comparison, other: Comparison) => [
      checkConflicts([one, other]).length,
      checkConflicts([other, one]).length,
    ];
    assert.deepEqual(count(sub(true, ["a-1", "b-1"]), sub(false, ["b-*", "c-*"])), [0, 0]);
    assert.deepEqual(count(sub(true, ["a-1", "b-1"]), sub(false, ["d-*", "c-*"])), [1, 1]);
    assert.deepEqual(count(sub(true, ["a-1", "b-*"]), sub(true, ["b-*", "c"])), [0, 0]);
    assert.deepEqual(count(sub(true, ["a-*"]), sub(true, ["a-1"])), [1, 1]);
    assert.deepEqual(count(sub(false, ["a-*"]), sub(false, ["b-*"])), [0, 0]);
  });
});
