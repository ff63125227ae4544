import { OidcRunnerError } from "../../../trust";

/** A refusal as the cloud service would give it: its own code and words, and the HTTP status. */
export class ServiceError extends OidcRunnerError {
  constructor(
    code: string,
    readonly httpStatus: number,
    message: string,
  ) {
    super(code, message);
    this.name = "ServiceError";
  }
}
