import assert from "node:assert/strict";
import { hasUnknown, plain, redact, secret, secretStrings, secretsLike, UNKNOWN } from "../../../plugin/server/values";

describe("property values", () => {
  it("keep secret in outputs what was secret in inputs", () => {
    const inputs = { a: secret("s1"), b: [{ c: secret("s2"), d: "open" }] };
    const outputs = secretsLike({ a: "s1", b: [{ c: "s2", d: "open" }], e: "new" }, inputs);
    assert.deepEqual(outputs, { ...inputs, e: "new" });
    assert.deepEqual(plain(outputs), { a: "s1", b: [{ c: "s2", d: "open" }], e: "new" });
  });

  it("are wrapped whole where the shape changed", () => {
    assert.deepEqual(secretsLike([1, 2], [secret(1)]), secret([1, 2]));
    assert.deepEqual(secretsLike("text", { a: secret(1) }), secret("text"));
    assert.deepEqual(secretsLike("text", { a: 1 }), "text");
  });

  it("are not shown in messages", () => {
    const secrets = secretStrings({ a: secret({ deep: ["hunter2", "hunter2-long"] }), b: "open" });
    assert.deepEqual(secrets, ["hunter2", "hunter2-long"]);
    assert.equal(redact('bad value "hunter2-long" in open', secrets), 'bad value "[secret]" in open');
  });

  it("may be unknown at any depth", () => {
    assert.ok(hasUnknown({ a: [{ b: UNKNOWN }] }));
    assert.ok(hasUnknown(secret(UNKNOWN)));
    assert.ok(!hasUnknown({ a: [{ b: `x${UNKNOWN}` }] }));
  });
});
