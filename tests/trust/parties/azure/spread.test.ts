import assert from "node:assert/strict";
import { spread } from "../../../../trust/parties/azure/spread";
import { refused } from "../../../helpers/refused";

const of = (groups: number, subjects: number) => ({ groups, subjects, names: ["stacks", "operations"] }) as const;

describe("trust/parties/azure/spread", () => {
  it("puts into one identity what fits: 20 credentials", () => {
    for (const [groups, subjects] of [
      [5, 4],
      [20, 1],
      [1, 20],
      [3, 6],
      [10, 2],
    ] as const) {
      assert.deepEqual(spread(of(groups, subjects), false, "azure"), Array(groups).fill(0));
    }
  });

  it("refuses the 21st, and says what fits", () => {
    const cases: [groups: number, subjects: number, words: string][] = [
      [
        6,
        4,
        "give at most 5 stacks with 4 operations, or at most 3 operations for 6 stacks, or set split: true to have 2 identities",
      ],
      [21, 1, "give at most 20 stacks with 1 operations, or set split: true to have 2 identities"],
      [
        4,
        6,
        "give at most 3 stacks with 6 operations, or at most 5 operations for 4 stacks, or set split: true to have 2 identities",
      ],
      [1, 21, "at most 20 operations for 1 stacks"],
      [21, 21, "give at most 20 operations"],
    ];
    for (const [groups, subjects, words] of cases) {
      refused(() => spread(of(groups, subjects), false, "azure"), "AZURE_CREDENTIALS_TOO_MANY", "azure", words);
    }
    refused(
      () => spread(of(6, 4), false, "azure"),
      "AZURE_CREDENTIALS_TOO_MANY",
      "azure",
      "6 stacks with 4 operations each need 24 federated credentials, and an identity takes 20",
    );
  });

  it("fills one identity after the other where that is asked for, and never parts a group", () => {
    assert.deepEqual(spread(of(6, 4), true, "azure"), [0, 0, 0, 0, 0, 1]);
    assert.deepEqual(spread(of(7, 6), true, "azure"), [0, 0, 0, 1, 1, 1, 2]);
    assert.deepEqual(spread(of(3, 11), true, "azure"), [0, 1, 2]);
    assert.deepEqual(spread(of(5, 4), true, "azure"), [0, 0, 0, 0, 0]);
    refused(() => spread(of(1, 21), true, "azure"), "AZURE_CREDENTIALS_TOO_MANY", "azure", "at most 20 operations");
  });
});
