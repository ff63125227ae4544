import assert from "node:assert/strict";
import { OidcRunnerError } from "../../provider/errors";

/** Asserts that an error is one a user can act on: this code, one line, with a way to fix it. */
export function assertUserError(error: unknown, code: string, where?: string): asserts error is OidcRunnerError {
  assert.ok(error instanceof OidcRunnerError, `no OidcRunnerError: ${String(error)}`);
  assert.equal(error.code, code);
  assert.ok(error.message.startsWith(`${code}: `), error.message);
  assert.doesNotMatch(error.message, /\n/);
  assert.ok(error.fix, `no fix: ${error.message}`);
  if (where !== undefined) {
    assert.equal(error.where, where);
  }
}

/** Asserts that an action is refused with this code, and at this place if one is given. */
export function refused(action: () => unknown, code: string, where?: string): void {
  assert.throws(action, (error) => {
    assertUserError(error, code, where);
    return true;
  });
}

/** The same for an action that answers later. Returns the error. */
export async function refusedLater(action: Promise<unknown>, code: string): Promise<OidcRunnerError> {
  const error = await action.then(
    () => assert.fail(`not refused; expected ${code}`),
    (reason: unknown) => reason,
  );
  assertUserError(error, code);
  return error;
}
