import assert from "node:assert/strict";
import { secondsOf } from "../../../../lab/pulumi-cloud/cloud-logins/duration";

describe("lab/pulumi-cloud: durations of environments", () => {
  it("are read as Go writes them, and nothing else", () => {
    assert.deepEqual(["2h0m0s", "1h30m", "15m", "90s", "1.5h"].map(secondsOf), [7200, 5400, 900, 90, 5400]);
    for (const text of ["", "1", "h", "1d", "-1h", "1h "]) {
      assert.throws(() => secondsOf(text), /^Error: time: invalid duration/, text);
    }
  });
});
