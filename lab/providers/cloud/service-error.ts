import { printable } from "../../../trust";

/** A refusal as the cloud service would give it: its own code and words, and the HTTP status. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";

  constructor(
    readonly code: string,
    readonly httpStatus: number,
    readonly what: string,
  ) {
    super(printable(`${code}: ${what}`.replace(/\s*[\r\n]+\s*/g, " ")));
    this.stack = this.message;
  }
}
