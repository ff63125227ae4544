/** An error the user can act on, shown as one line: `CODE: what. Fix: how`. The scripts' `OidcRunnerError`. */
export class CodedError extends Error {
  coded = true;

  constructor(code, what, fix) {
    super(`${code}: ${what}. Fix: ${fix}`);
  }
}
