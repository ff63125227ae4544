import assert from "node:assert/strict";
import { OidcRunnerError } from "../../trust/errors";

describe("trust/errors", () => {
  it("says what, where and how to fix it, in one line", () => {
    const error = new OidcRunnerError("THING_BROKEN", "the thing is broken", { where: "args.thing", fix: "mend it" });
    assert.equal(error.message, "THING_BROKEN: the thing is broken (at args.thing). Fix: mend it");
    assert.equal(new OidcRunnerError("A", "b").message, "A: b");
    assert.equal(new OidcRunnerError("A", 'no "a\r\n b"', { fix: "x\n" }).message, 'A: no "a b". Fix: x ');
    assert.equal(new OidcRunnerError("A", "b", { fix: "c", output: "1\n2" }).message, "A: b. Fix: c\n1\n2");
  });

  it("carries its parts, its cause and the mark by which Pulumi prints no stack", () => {
    const cause = new Error("deeper");
    const error = new OidcRunnerError("A", "b", { where: "c", fix: "d", cause });
    assert.deepEqual(
      [error.name, error.code, error.where, error.fix, error.cause],
      ["OidcRunnerError", "A", "c", "d", cause],
    );
    assert.equal((error as unknown as { __pulumiRunError: boolean }).__pulumiRunError, true);
    assert.ok(!Object.keys(error).includes("__pulumiRunError"));
  });

  it("shows no frames, and keeps its text from the prefixes of the runtime but not from a redaction", () => {
    const error = new OidcRunnerError("A", "b is hidden");
    assert.equal(error.stack, "OidcRunnerError: A: b is hidden");
    error.message = `error serializing property "data": ${error.message}`;
    assert.equal(error.message, "A: b is hidden");
    error.message = "A: b is [secret]";
    assert.equal(error.message, "A: b is [secret]");
  });
});
