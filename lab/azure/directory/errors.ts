import { ServiceError } from "../../providers/cloud";

/** A refusal of Azure Resource Manager or Microsoft Graph, e.g. `ResourceNotFound: …`. */
export function azureError(status: 400 | 403 | 404 | 409, code: string, message: string): ServiceError {
  return new ServiceError(code, status, message);
}
