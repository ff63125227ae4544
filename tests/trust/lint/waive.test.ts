import assert from "node:assert/strict";
import { type Waiver, waive } from "../../../trust/lint/waive";

describe("trust/lint/waive", () => {
  it("wants a reason, which JSON may lack altogether", () => {
    for (const reason of [undefined, null, 1, "", "\n"]) {
      assert.deepEqual(
        waive(
          [],
          [{ name: "BROAD_SUBJECT", reason: "a cluster of one tenant" }, { name: "NO_MEMBERS", reason } as Waiver],
        ),
        [
          {
            name: "WAIVER_WITHOUT_REASON",
            severity: "error",
            path: "waive[1]",
            message: "nobody can tell later why NO_MEMBERS was waived",
            fix: "give the reason",
          },
        ],
        String(reason),
      );
    }
  });
});
