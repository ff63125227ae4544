import { ServiceError } from "../providers/cloud";

/** A refusal in Google's words, e.g. `Error 409: …`; the code is Google's reason, e.g. `alreadyExists`. */
export function gcpError(status: 400 | 403 | 404 | 409, reason: string, message: string): ServiceError {
  return new ServiceError(reason, status, `Error ${status}: ${message}`);
}
