import assert from "node:assert/strict";
import {
  checkExpirationSeconds,
  DEFAULT_EXPIRATION_SECONDS,
  expirationSecondsOf,
  MAXIMUM_EXPIRATION_SECONDS,
  MINIMUM_EXPIRATION_SECONDS,
} from "../../../trust/policy/expiration";
import { refused } from "../../helpers/refused";

describe("trust/policy/expiration", () => {
  it("accepts whole seconds from the minimum to the maximum", () => {
    for (const seconds of [
      MINIMUM_EXPIRATION_SECONDS,
      DEFAULT_EXPIRATION_SECONDS,
      90_000,
      MAXIMUM_EXPIRATION_SECONDS,
    ]) {
      checkExpirationSeconds(seconds);
      assert.equal(expirationSecondsOf(seconds, "x"), seconds);
    }
  });

  for (const seconds of [
    MINIMUM_EXPIRATION_SECONDS - 1,
    0,
    -7200,
    5.5,
    MAXIMUM_EXPIRATION_SECONDS + 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]) {
    it(`refuses ${seconds}`, () => {
      refused(() => checkExpirationSeconds(seconds), "EXPIRATION_INVALID", "expirationSeconds");
      refused(() => checkExpirationSeconds(seconds, "job"), "EXPIRATION_INVALID", "job");
      refused(() => expirationSecondsOf(seconds, "x"), "EXPIRATION_INVALID", "x", `${seconds} is not a usable life`);
      const bounds = "at least 5 and at most 63072000 seconds";
      refused(() => checkExpirationSeconds(seconds), "EXPIRATION_INVALID", undefined, bounds);
    });
  }

  it("says what may be given", () => {
    const bounds = "at least 5 and at most 63072000 seconds";
    assert.throws(() => checkExpirationSeconds(1), {
      message: `EXPIRATION_INVALID: 1 is not a usable life of an access token (at expirationSeconds). Fix: give whole seconds, ${bounds}; the default is 7200`,
    });
    const fix = `give whole seconds, or a text such as "2h", "30m" or "1h30m"; ${bounds}`;
    for (const [life, shown] of [
      ["1d", '"1d"'],
      [1, "1"],
    ] as const) {
      assert.throws(() => expirationSecondsOf(life, "x"), {
        message: `EXPIRATION_INVALID: ${shown} is not a usable life of an access token (at x). Fix: ${fix}`,
      });
    }
  });

  for (const [text, seconds] of [
    ["2h", 7200],
    ["30m", 1800],
    ["1h30m", 5400],
    ["90m", 5400],
    ["5s", 5],
    ["45s", 45],
    ["1h1s", 3601],
    ["1m10s", 70],
    ["1h2m3s", 3723],
    ["25h", 90_000],
    ["7200", 7200],
    [" 2h ", 7200],
    ["17520h", MAXIMUM_EXPIRATION_SECONDS],
  ] as const) {
    it(`reads "${text}" as ${seconds} seconds`, () => assert.equal(expirationSecondsOf(text, "x"), seconds));
  }

  for (const text of [
    ...[
      "",
      " ",
      "h",
      "2",
      "4s",
      "0h",
      "2 h",
      "2H",
      "-2h",
      "1.5h",
      "2h30",
      "30m2h",
      "2h2h",
      "1d",
      "2hours",
      "1e4",
      "0x10",
    ],
    ...["17521h", `${"9".repeat(400)}h`],
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () =>
      refused(() => expirationSecondsOf(text, "maxExpirationSeconds"), "EXPIRATION_INVALID", "maxExpirationSeconds"));
  }
});
