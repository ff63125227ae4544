import assert from "node:assert/strict";
import { OidcRunnerError } from "../../trust/errors";

/** Asserts that an error is one a user can act on: this code, one line that says what happened, with a way to fix it. */
export function assertUserError(error: unknown, code: string, where?: string): asserts error is OidcRunnerError {
  assert.ok(error instanceof OidcRunnerError, `no OidcRunnerError: ${String(error)}`);
  assert.equal(error.code, code);
  // Not `CODE:  (at …)` nor `CODE: . Fix: …`.
  assert.match(error.message, new RegExp(`^${code}: [^\\s.(]`));
  assert.doesNotMatch(error.message, /\n/);
  assert.ok(error.fix, `no fix: ${error.message}`);
  if (where !== undefined) {
    assert.equal(error.where, where);
  }
}

/** Asserts that an action is refused with this code, and, if they are given, at this place and in these words. */
export function refused(action: () => unknown, code: string, where?: string, words = ""): void {
  assert.throws(action, (error) => {
    assertUserError(error, code, where);
    assert.ok(error.message.includes(words), `"${words}" is not in: ${error.message}`);
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
