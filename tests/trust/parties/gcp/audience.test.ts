import assert from "node:assert/strict";
import { checkAudience } from "../../../../trust/parties/gcp/audience";
import { readProvider } from "../../../../trust/parties/gcp/provider";

const POOL = "projects/1/locations/global/workloadIdentityPools/p";
const NAME = `${POOL}/providers/x`;
const check = (change: object, aud: unknown) => {
  const provider = { issuerUri: "https://issuer.example.com", attributeMapping: { "google.subject": "assertion.sub" } };
  return checkAudience(readProvider({ ...provider, ...change }), { aud });
};

describe("trust/parties/gcp/audience", () => {
  it("says what is expected and what the token has", () => {
    const allowedAudiences = ["a", "b"];
    assert.deepEqual(check({ allowedAudiences }, ["c", "d"]), {
      reason: "audience expected a or b, got aud c, d",
      pool: undefined,
    });
    for (const aud of [undefined, [], { a: "a" }]) {
      assert.equal(check({ allowedAudiences }, aud).reason, "audience expected a or b, got no aud");
    }
    assert.deepEqual(check({ allowedAudiences }, "b"), { reason: undefined, pool: undefined });
  });

  it("knows the pool from the name, else from the provider's own audience", () => {
    assert.deepEqual(check({ allowedAudiences: ["a"], name: NAME }, "a"), { reason: undefined, pool: POOL });
    for (const scheme of ["", "https:"]) {
      const aud = ["other", `${scheme}//iam.googleapis.com/${NAME}`];
      assert.deepEqual(check({}, aud), { reason: undefined, pool: POOL });
      assert.deepEqual(check({ name: NAME }, aud), { reason: undefined, pool: POOL });
      assert.deepEqual(check({ name: `${NAME}2` }, aud), {
        reason: `audience expected //iam.googleapis.com/${NAME}2, the provider's own name, because allowedAudiences is empty, got aud ${aud.join(", ")}`,
        pool: POOL,
      });
    }
  });

  for (const aud of [
    `http://iam.googleapis.com/${NAME}`,
    `x//iam.googleapis.com/${NAME}`,
    `//iam.googleapis.com/${NAME}/y`,
    `//iam.googleapis.com/${POOL}`,
    `//iam.evil.com/${NAME}`,
    `//iam.googleapis.com/${NAME.replace("/1/", "/acme/")}`,
  ]) {
    it(`takes ${aud} for no provider's name`, () =>
      assert.match(
        check({}, aud).reason ?? "",
        /^audience expected \/\/iam\.googleapis\.com\/projects\/NUMBER\/.*\/POOL\/providers\/ID, the provider's own name, /,
      ));
  }
});
