import assert from "node:assert/strict";
import { loadingError, OidcRunnerError } from "../../trust/errors";

describe("trust/errors", () => {
  it("says what, where and how to fix it, in one line", () => {
    const error = new OidcRunnerError("POLICY_INVALID", "the thing is broken", { where: "args.thing", fix: "mend it" });
    assert.equal(error.message, "POLICY_INVALID: the thing is broken (at args.thing). Fix: mend it");
    assert.equal(new OidcRunnerError("POLICY_EMPTY", "b").message, "POLICY_EMPTY: b");
    assert.equal(
      new OidcRunnerError("POLICY_EMPTY", 'no "a\r\n b"', { fix: "x\n" }).message,
      'POLICY_EMPTY: no "a b". Fix: x ',
    );
    assert.equal(
      new OidcRunnerError("POLICY_EMPTY", "b", { fix: "c", output: "1\n2" }).message,
      "POLICY_EMPTY: b. Fix: c\n1\n2",
    );
  });

  it("carries its parts, its cause and the mark by which Pulumi prints no stack", () => {
    const cause = new Error("deeper");
    const error = new OidcRunnerError("POLICY_EMPTY", "b", { where: "c", fix: "d", cause });
    assert.deepEqual(
      [error.name, error.code, error.where, error.fix, error.cause],
      ["OidcRunnerError", "POLICY_EMPTY", "c", "d", cause],
    );
    assert.equal((error as unknown as { __pulumiRunError: boolean }).__pulumiRunError, true);
    assert.ok(!Object.keys(error).includes("__pulumiRunError"));
  });

  it("shows no frames, and keeps its text from the prefixes of the runtime but not from a redaction", () => {
    const error = new OidcRunnerError("POLICY_EMPTY", "b is hidden");
    assert.equal(error.stack, "POLICY_EMPTY: b is hidden");
    error.message = `error serializing property "data": ${error.message}`;
    assert.equal(error.message, "POLICY_EMPTY: b is hidden");
    error.message = "POLICY_EMPTY: b is [secret]";
    assert.equal(error.message, "POLICY_EMPTY: b is [secret]");
  });

  it("tells a package that is not installed from every other failure to load it", () => {
    const failure = (message: string, code = "MODULE_NOT_FOUND") => Object.assign(new Error(message), { code });
    const aws = (error: Error) => loadingError("@pulumi/aws", error);
    for (const error of [
      failure("Cannot find module '@pulumi/aws'"),
      failure("Cannot find module '@pulumi/aws/iam/role'\nRequire stack:\n- x"),
      failure("Cannot find package '@pulumi/aws' imported from x", "ERR_MODULE_NOT_FOUND"),
    ]) {
      const refusal = aws(error) as OidcRunnerError;
      assert.deepEqual([refusal.code, refusal.fix], ["PEER_MISSING", "npm install @pulumi/aws"]);
    }
    for (const error of [
      failure("Cannot find module '@pulumi/aws-native'"),
      failure("Cannot find module 'tslib'\nRequire stack:\n- '@pulumi/aws'"),
      failure("Cannot find module '@pulumi/aws'", "EACCES"),
      new Error("'@pulumi/aws'"),
    ]) {
      assert.equal(aws(error), error);
    }
  });
});
