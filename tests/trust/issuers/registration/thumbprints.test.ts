import assert from "node:assert/strict";
import { normalThumbprints, sameThumbprints } from "../../../../trust/issuers/registration/thumbprints";
import { refused } from "../../../helpers/refused";

const PLAIN = "0f".repeat(32);
const COLONS = "0F:".repeat(32).slice(0, -1);

describe("trust/issuers/registration/thumbprints", () => {
  it("writes every notation as Pulumi Cloud does", () => {
    assert.deepEqual(normalThumbprints([PLAIN, PLAIN.toUpperCase(), COLONS, ` ${COLONS}\n`]), Array(4).fill(PLAIN));
    assert.deepEqual(normalThumbprints([]), []);
  });

  for (const [what, text] of [
    ["no digits", ""],
    ["a digit less", PLAIN.slice(1)],
    ["a digit more", `${PLAIN}0`],
    ["a letter that is no digit", `g${PLAIN.slice(1)}`],
    ["another separator", COLONS.replaceAll(":", "-")],
  ] as const) {
    it(`refuses ${what}`, () => {
      refused(() => normalThumbprints([PLAIN, text]), "THUMBPRINT_INVALID", "thumbprints[1]");
      refused(() => normalThumbprints([text], "x"), "THUMBPRINT_INVALID", "x[0]");
    });
  }

  it("tells a SHA-1 by its name", () => {
    assert.throws(() => normalThumbprints(["0F:".repeat(20).slice(0, -1)]), /is a SHA-1; /);
    assert.throws(() => normalThumbprints([PLAIN.slice(1)]), /is not the SHA-256 of a certificate/);
  });

  it("compares without regard to case, notation and order", () => {
    const other = "ab".repeat(32);
    assert.ok(sameThumbprints([PLAIN, other], [other.toUpperCase(), COLONS]));
    assert.ok(sameThumbprints(undefined, []));
    assert.ok(!sameThumbprints([PLAIN], [other]));
    assert.ok(!sameThumbprints([PLAIN], [PLAIN, other]));
    assert.ok(!sameThumbprints([PLAIN], undefined));
  });
});
