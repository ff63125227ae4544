import { OidcRunnerError } from "../../../trust";

/**
 * A failed create or update after which the engine keeps the resource in state as not initialised: the next update or
 * destroy goes on from there. The host of dynamic providers makes an `ErrorResourceInitFailed` of every error that has an id
 * (pulumi/pulumi v3.259.0, sdk/nodejs/cmd/dynamic-provider/index.ts, grpcResponseFromError).
 */
export class InitializationFailure extends OidcRunnerError {
  readonly reasons: readonly string[];

  constructor(
    error: OidcRunnerError,
    readonly id: string,
    readonly properties: object,
  ) {
    const { code, what, where, fix, cause } = error;
    super(code, what, { where, fix, cause });
    this.reasons = [this.message];
  }
}
