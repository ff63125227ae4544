import { ServiceError } from "../../providers/cloud";

/** A refusal of Azure Resource Manager, e.g. `ResourceNotFound: …`. */
export function armError(status: 400 | 403 | 404 | 409, code: string, message: string): ServiceError {
  return new ServiceError(code, status, message);
}

/** A refusal of Microsoft Graph, e.g. `Request_BadRequest: …`. */
export function graphError(status: 400 | 404 | 409, code: string, message: string): ServiceError {
  return new ServiceError(code, status, message);
}
